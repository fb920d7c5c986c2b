use souk_domain::flash_sale::{ClaimEntry, FlashSaleEvent, FlashSaleStatus, probes};
use souk_dynamo::{Table, Update, attribute, n};
use souk_flash_sales::{Claim, ClaimOutcome};

use super::market::{Market, at, lottery_key, shard_of, shopper, terms};

#[tokio::test]
async fn a_claim_takes_one_unit_of_the_home_shard_and_is_found_again() {
    let market = Market::open(100).await;
    let function = market.function();
    let first = function.claim(1, 1).await;
    let ClaimOutcome::Claimed(claim) = &first else { panic!("{first:?}") };
    let home = probes(&market.sale_id, &shopper(1), market.sale().await.shard_count()).next().unwrap();
    assert_eq!(claim.shard, home);
    assert_eq!((claim.warehouse_id.as_str(), i64::from(claim.claimed_at)), ("east", at(1).as_second()));
    assert_eq!(function.claim(1, 2).await, ClaimOutcome::AlreadyClaimed(claim.clone()), "with the time of the first");
    assert_eq!(market.function().claim(1, 3).await, ClaimOutcome::AlreadyClaimed(claim.clone()));
    let shard = market.shards.get(&market.sale_id, home).await.unwrap().unwrap();
    assert_eq!(shard.claims.get(&shopper(1)), Some(&ClaimEntry::Claimed(claim.claimed_at)));
    let totals = market.totals().await;
    assert_eq!((totals.claimed, totals.left, totals.units()), (1, 99, 100));
}

/// springboot-seckill#35: there, the stock in memory was counted down before a second request of the
/// same shopper was recognised, so each of them burnt a unit.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn springboot_seckill_35_a_duplicate_burns_no_unit() {
    let market = Market::open(3).await;
    let functions = [market.function(), market.function(), market.function()];
    let calls: Vec<_> = (0..60)
        .map(|n| {
            let claims = functions[n % 3].claims.clone();
            let sale_id = market.sale_id.clone();
            tokio::spawn(async move { claims.claim(&sale_id, &shopper(1), at(1)).await.unwrap().outcome })
        })
        .collect();
    let mut claimed = 0;
    for call in calls {
        let outcome = call.await.unwrap();
        claimed += u32::from(matches!(outcome, ClaimOutcome::Claimed(_)));
        assert!(matches!(outcome, ClaimOutcome::Claimed(_) | ClaimOutcome::AlreadyClaimed(_)), "{outcome:?}");
    }
    assert_eq!((claimed, market.totals().await.left), (1, 2));
    shard_of(&functions[0].claim(2, 2).await);
    shard_of(&functions[1].claim(3, 2).await);
}

#[tokio::test]
async fn a_repeat_finds_its_claim_in_a_shard_that_is_empty_by_now() {
    // One unit a shard: every claim empties its shard, and others pass over it from then on.
    let market = Market::open(10).await;
    let function = market.function();
    let mut shards = Vec::new();
    for n in 1..=10 {
        shards.push(shard_of(&function.claim(n, 1).await));
    }
    assert_eq!(function.claim(11, 1).await, ClaimOutcome::SoldOut);
    let stranger = market.function();
    for (n, shard) in (1..).zip(&shards) {
        assert_eq!(shard_of(&function.claim(n, 2).await), *shard, "shopper {n} in the same function");
        assert_eq!(shard_of(&stranger.claim(n, 2).await), *shard, "shopper {n} in another");
    }
    assert_eq!(market.totals().await.claimed, 10);
}

#[tokio::test]
async fn nobody_claims_before_the_opening_in_a_pause_or_after_the_end() {
    let market = Market::scheduled(&terms(10)).await;
    assert_eq!(market.function().claim(1, -1).await, ClaimOutcome::NotOpen(FlashSaleStatus::Scheduled));
    let _opened = market.conductor("c").tick(&market.sale_id, at(0), super::market::no_beacon).await.unwrap();
    let mine = shard_of(&market.function().claim(1, 1).await);
    for (event, status) in [
        (FlashSaleEvent::Pause, FlashSaleStatus::Paused),
        (FlashSaleEvent::Close, FlashSaleStatus::Closing),
        (FlashSaleEvent::Settle, FlashSaleStatus::Closed),
    ] {
        let _done = market.sales.transition(&market.sale_id, event, at(2)).await.unwrap();
        assert_eq!(market.function().claim(2, 3).await, ClaimOutcome::NotOpen(status));
    }
    assert_eq!(shard_of(&market.function().claim(1, 4).await), mine, "who has a unit hears of it");
    assert_eq!(market.totals().await.left, 9);
}

#[tokio::test]
async fn an_unknown_sale_has_nothing_to_claim_and_one_in_preparation_neither() {
    let market = Market::empty().await;
    assert_eq!(market.function().claim(1, 1).await, ClaimOutcome::Unknown);
    let _defined = market.sales.define(&market.sale_id, &terms(5), &lottery_key(), at(-9)).await.unwrap();
    assert_eq!(market.function().claim(1, 1).await, ClaimOutcome::NotOpen(FlashSaleStatus::Preparing));
}

#[tokio::test]
async fn a_large_sale_is_never_called_sold_out_after_a_few_empty_shards() {
    let market = Market::open(24 * 17).await;
    let (function, shards) = (market.function(), market.sale().await.shard_count());
    assert_eq!(shards, 17);
    let order: Vec<u32> = probes(&market.sale_id, &shopper(1), shards).collect();
    // Empty but for one unit in the last shard that this shopper would ask.
    let mut n = 1000;
    for shard in &order {
        let keep = u32::from(shard == order.last().unwrap());
        while market.shards.get(&market.sale_id, *shard).await.unwrap().unwrap().left > keep {
            n += 1;
            drain(&market, *shard, n).await;
        }
    }
    let answer = function.claims.claim(&market.sale_id, &shopper(1), at(1)).await.unwrap();
    assert_eq!(answer.outcome, ClaimOutcome::TryAgain);
    // The room at first; then four times the shard, the room, and the note.
    assert_eq!((answer.cost.round_trips, answer.cost.write_units), (2 + 4 * 3, 8.0));
    // What it learnt is not forgotten: each time it gets on by four.
    let mut tries = 1;
    let claim = loop {
        match function.claim(1, 2 + tries).await {
            ClaimOutcome::TryAgain => tries += 1,
            ClaimOutcome::Claimed(claim) => break claim,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!((claim.shard, tries), (*order.last().unwrap(), 4));
    assert_eq!(function.claim(2, 9).await, ClaimOutcome::SoldOut);
}

/// Takes a unit out of a shard behind everyone's back, as another function would.
async fn drain(market: &Market, shard: u32, who: u128) {
    let claim = attribute("c").key(shopper(who).as_str());
    let update = Update::new().set(claim, n(at(1).as_second())).add("left", n(-1));
    let table = Table::new(market.client.clone(), "SaleShardsTable");
    let key = format!("{}#{shard}", market.sale_id);
    assert!(table.update(&[("shard", &key)], update).await.unwrap().is_written());
}

#[tokio::test]
async fn a_shard_that_was_closed_refuses_whoever_has_not_heard_of_it() {
    let market = Market::open(1).await;
    let function = market.function();
    assert!(function.rooms.get(&market.sale_id, at(1)).await.unwrap().is_some());
    let _closed = market.shards.close_shard(&market.sale_id, 0).await.unwrap();
    assert_eq!(function.claim(1, 1).await, ClaimOutcome::NotOpen(FlashSaleStatus::Closing));
    assert_eq!(market.totals().await.drained, 1);
}

#[tokio::test]
async fn who_gave_a_unit_back_gets_no_other() {
    let market = Market::open(1).await;
    let shard = shard_of(&market.function().claim(1, 1).await);
    let _released = market.shards.release(&market.sale_id, shard, &shopper(1)).await.unwrap();
    assert_eq!(market.function().claim(1, 3).await, ClaimOutcome::GivenBack { shard });
    let other = market.function().claim(2, 4).await;
    assert!(matches!(other, ClaimOutcome::Claimed(Claim { shard: s, .. }) if s == shard), "{other:?}");
}
