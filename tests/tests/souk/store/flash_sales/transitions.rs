use souk_domain::flash_sale::{FlashSaleEvent, FlashSaleStatus};
use souk_flash_sales::{TickOutcome, TransitionOutcome};

use super::market::{Market, at, no_beacon, terms};

/// What an event ends with: (outcome, present status).
async fn after(market: &Market, event: FlashSaleEvent) -> (&'static str, Option<FlashSaleStatus>) {
    match market.sales.transition(&market.sale_id, event, at(10)).await.unwrap() {
        TransitionOutcome::Done(room) => ("done", Some(room.status)),
        TransitionOutcome::Already(room) => ("already", Some(room.status)),
        TransitionOutcome::Refused(room) => ("refused", Some(room.status)),
        TransitionOutcome::Busy => ("busy", None),
        TransitionOutcome::Unknown => ("unknown", None),
    }
}

#[tokio::test]
async fn invariant_i5_a_sale_goes_only_where_its_status_lets_it_and_repeats_are_no_ops() {
    use FlashSaleEvent::{Close, Open, Pause, Resume, Settle};
    use FlashSaleStatus::{Closed, Closing, Open as IsOpen, Paused};
    let market = Market::open(5).await;
    for (event, outcome, status) in [
        (Open, "already", IsOpen),
        (Resume, "already", IsOpen),
        (Settle, "refused", IsOpen),
        (Pause, "done", Paused),
        (Pause, "already", Paused),
        (Open, "refused", Paused),
        (Resume, "done", IsOpen),
        (Pause, "done", Paused),
        (Close, "done", Closing),
        (Close, "already", Closing),
        (Resume, "refused", Closing),
        (Settle, "done", Closed),
        (Settle, "already", Closed),
        (Close, "already", Closed),
        (Pause, "refused", Closed),
    ] {
        assert_eq!(after(&market, event).await, (outcome, Some(status)), "{event:?}");
    }
    let unknown = market.sales.transition(&"other".parse().unwrap(), Pause, at(10)).await.unwrap();
    assert_eq!(unknown, TransitionOutcome::Unknown);
}

#[tokio::test]
async fn an_operator_may_open_early_and_the_conductor_opens() {
    let market = Market::scheduled(&terms(5)).await;
    let (id, conductor) = (&market.sale_id, market.conductor("c"));
    let early = conductor.tick(id, at(-60), no_beacon).await.unwrap();
    assert_eq!(early, TickOutcome::TooEarly { opens_at: at(0) });
    let TransitionOutcome::Done(room) = market.sales.open_early(id, at(-60)).await.unwrap() else {
        panic!("scheduled")
    };
    assert_eq!((room.opens_at, room.status), (at(-60), FlashSaleStatus::Scheduled));
    assert!(matches!(market.sales.open_early(id, at(-59)).await.unwrap(), TransitionOutcome::Already(_)));
    assert!(matches!(conductor.tick(id, at(-59), no_beacon).await.unwrap(), TickOutcome::Opened(_)));
    assert!(matches!(market.sales.open_early(id, at(-58)).await.unwrap(), TransitionOutcome::Already(_)));
    let _paused = market.sales.transition(id, FlashSaleEvent::Pause, at(-57)).await.unwrap();
    assert!(matches!(market.sales.open_early(id, at(-56)).await.unwrap(), TransitionOutcome::Refused(_)));
}

#[tokio::test]
async fn a_sale_closes_by_itself_at_its_end_also_while_it_is_paused() {
    let mut draft = super::market::draft(5);
    draft.closes_at = Some(at(60));
    let market = Market::scheduled(&souk_domain::flash_sale::FlashSaleTerms::new(draft).unwrap()).await;
    let conductor = market.conductor("c");
    let _opened = conductor.tick(&market.sale_id, at(0), no_beacon).await.unwrap();
    let _paused = market.sales.transition(&market.sale_id, FlashSaleEvent::Pause, at(50)).await.unwrap();
    assert_eq!(
        conductor.tick(&market.sale_id, at(59), no_beacon).await.unwrap(),
        TickOutcome::Idle(FlashSaleStatus::Paused)
    );
    assert!(matches!(conductor.tick(&market.sale_id, at(60), no_beacon).await.unwrap(), TickOutcome::Closing(_)));
    assert_eq!(
        conductor.tick(&market.sale_id, at(61), no_beacon).await.unwrap(),
        TickOutcome::Idle(FlashSaleStatus::Closing)
    );
}
