use souk_domain::flash_sale::{Beacon, Cohort, FlashSaleEvent, FlashSaleStatus, FlashSaleTerms, Position, drand};
use souk_flash_sales::{FlashSales, KeyRing, TickOutcome};

use super::{
    market::{Market, at, at_ms, draft, no_beacon, shopper, terms},
    waiting_room::{Secret, waiting_room},
};

#[tokio::test]
async fn one_of_many_conducts_and_another_takes_over_when_its_lease_ends() {
    let market = Market::open(5).await;
    let (id, second) = (&market.sale_id, market.conductor("second"));
    let refused = second.tick(id, at(4), no_beacon).await.unwrap();
    assert_eq!(refused, TickOutcome::ConductedElsewhere { until: at(5) });
    assert!(matches!(market.conductor("first").tick(id, at(4), no_beacon).await.unwrap(), TickOutcome::Ticked(_)));
    assert_eq!(second.tick(id, at(8), no_beacon).await.unwrap(), TickOutcome::ConductedElsewhere { until: at(9) });
    assert!(matches!(second.tick(id, at(9), no_beacon).await.unwrap(), TickOutcome::Ticked(_)));
    let lost = market.conductor("first").tick(id, at(10), no_beacon).await.unwrap();
    assert_eq!(lost, TickOutcome::ConductedElsewhere { until: at(14) });
    assert_eq!(second.tick(&"other".parse().unwrap(), at(0), no_beacon).await.unwrap(), TickOutcome::Unknown);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sale_is_opened_once_with_one_beacon() {
    let market = Market::scheduled(&terms(5)).await;
    let calls: Vec<_> = (0..8)
        .map(|n: u8| {
            let (conductor, sale_id) = (market.conductor(&format!("c{n}")), market.sale_id.clone());
            tokio::spawn(async move {
                let beacon = async |round| Beacon::new(round, &format!("{n:064x}")).map(Some);
                conductor.tick(&sale_id, at(0), beacon).await.unwrap()
            })
        })
        .collect();
    let mut opened = Vec::new();
    for call in calls {
        match call.await.unwrap() {
            TickOutcome::Opened(room) => opened.push(room),
            TickOutcome::ConductedElsewhere { .. } | TickOutcome::Overtaken => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(opened.len(), 1);
    let room = market.sales.room(&market.sale_id).await.unwrap().unwrap();
    assert_eq!(room.beacon, opened[0].beacon);
    assert_eq!(room.beacon.unwrap().round(), drand::round_at_or_after(at(0)));
}

#[tokio::test]
async fn without_its_beacon_a_sale_does_not_open() {
    let market = Market::scheduled(&terms(5)).await;
    let conductor = market.conductor("c");
    let late = async |_| Err("not spoken yet");
    let outcome = conductor.tick(&market.sale_id, at(0), late).await.unwrap();
    assert_eq!(outcome, TickOutcome::NoBeacon("not spoken yet".to_owned()));
    assert_eq!(market.sales.room(&market.sale_id).await.unwrap().unwrap().status, FlashSaleStatus::Scheduled);
    assert!(matches!(conductor.tick(&market.sale_id, at(3), no_beacon).await.unwrap(), TickOutcome::Opened(_)));
}

/// T after conducting each second up to this one.
async fn threshold_at(market: &Market, from: i64, to: i64) -> Position {
    let conductor = market.conductor("first");
    for second in from..=to {
        let _outcome = conductor.tick(&market.sale_id, at(second), no_beacon).await.unwrap();
    }
    room(&market.sales, market).await.pace.threshold(at(to))
}

async fn room(sales: &FlashSales, market: &Market) -> souk_flash_sales::Room {
    sales.room(&market.sale_id).await.unwrap().unwrap()
}

async fn join(market: &Market, shoppers: std::ops::Range<u128>, ms: i64) {
    let room = waiting_room(market, KeyRing::new(Secret::of(&["a"])));
    for n in shoppers {
        let _joined = room.join(&market.sale_id, &shopper(n), at_ms(ms)).await.unwrap();
    }
}

#[tokio::test]
async fn the_pace_follows_those_who_checked_in_and_admits_the_rate() {
    let market = Market::scheduled(&terms(5)).await;
    // A thousand shoppers joined long before; 400 of them came back for the opening.
    join(&market, 0..600, -600_000).await;
    join(&market, 600..1000, -60_000).await;
    let threshold = threshold_at(&market, 0, 4).await;
    let counted = room(&market.sales, &market).await.counts.get(Cohort::BEFORE_OPENING);
    assert_eq!(counted, Some(400));
    // T begins when the window is counted, at second 2; 100 a second of 400 is a quarter a second.
    let quarters = |n: u64| Position::new(Cohort::BEFORE_OPENING, u32::try_from((n << 32) / 4).unwrap());
    assert_eq!(threshold, quarters(2));
}

#[tokio::test]
async fn where_nobody_checked_in_those_who_joined_stand_in() {
    let market = Market::scheduled(&terms(5)).await;
    join(&market, 0..50, -600_000).await;
    threshold_at(&market, 0, 2).await;
    assert_eq!(room(&market.sales, &market).await.counts.get(Cohort::BEFORE_OPENING), Some(50));
}

#[tokio::test]
async fn check_ins_for_an_opening_that_was_put_off_do_not_count() {
    let market = Market::scheduled(&terms(5)).await;
    join(&market, 0..30, -60_000).await;
    let mut later = draft(5);
    later.opens_at = at(600);
    let version = market.sale().await.version;
    let _changed =
        market.sales.change(&market.sale_id, &FlashSaleTerms::new(later).unwrap(), version, at(-30)).await.unwrap();
    join(&market, 30..50, 550_000).await;
    threshold_at(&market, 600, 602).await;
    assert_eq!(room(&market.sales, &market).await.counts.get(Cohort::BEFORE_OPENING), Some(20));
}

#[tokio::test]
async fn windows_come_one_after_the_other_and_only_the_last_is_kept() {
    let market = Market::scheduled(&terms(5)).await;
    join(&market, 0..10, -600_000).await;
    let conductor = market.conductor("first");
    let mut joined = 100;
    for second in 0..30 {
        let _outcome = conductor.tick(&market.sale_id, at(second), no_beacon).await.unwrap();
        if second % 5 == 1 {
            join(&market, joined..joined + 3, second * 1000).await;
            joined += 3;
        }
    }
    let room = room(&market.sales, &market).await;
    // Second 29: the windows up to number 5, of seconds 20 to 25, are closed and counted.
    assert_eq!(room.counts.next(), Cohort::new(6));
    assert_eq!(room.counts.get(Cohort::new(5)), Some(3));
    assert_eq!(room.counts.get(Cohort::new(4)), None, "T has left it");
    assert_eq!(room.pace.threshold(at(29)), Cohort::new(6).start());
    assert!(room.pace.segments().len() <= 16);
}

#[tokio::test]
async fn the_threshold_stands_in_a_pause_when_sold_out_and_when_the_conductor_is_gone() {
    let market = Market::scheduled(&terms(2)).await;
    join(&market, 0..2000, -600_000).await;
    let moving = threshold_at(&market, 0, 5).await;
    let end = room(&market.sales, &market).await.pace.threshold(at(1000));
    assert!(end > moving, "it is laid out some seconds ahead");
    assert!(end < Cohort::BEFORE_OPENING.end(), "and no further, whoever dies");

    let _paused = market.sales.transition(&market.sale_id, FlashSaleEvent::Pause, at(5)).await.unwrap();
    let paused = room(&market.sales, &market).await.pace.threshold(at(1000));
    assert!(paused < end);
    assert_eq!(threshold_at(&market, 6, 9).await, paused);
    let _resumed = market.sales.transition(&market.sale_id, FlashSaleEvent::Resume, at(9)).await.unwrap();
    assert!(threshold_at(&market, 10, 12).await > paused);

    let function = market.function();
    for n in [1, 2] {
        super::market::shard_of(&function.claim(n, 12).await);
    }
    let sold_out = room(&market.sales, &market).await.pace.threshold(at(1000));
    assert_eq!(threshold_at(&market, 13, 20).await, sold_out, "nobody is called for nothing");
    let _released = market.shards.release(&market.sale_id, 0, &shopper(1)).await.unwrap();
    let _released = market.shards.release(&market.sale_id, 1, &shopper(1)).await.unwrap();
    assert!(threshold_at(&market, 21, 23).await > sold_out, "a unit is back: the next in line come");
}
