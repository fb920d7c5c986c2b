use super::*;
use crate::{
    order::{Shipment, tests},
    stock::Allocation,
};

const WITHIN: SignedDuration = SignedDuration::from_mins(30);

fn at(minute: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute)
}

fn user(id: &str) -> UserId {
    id.parse().unwrap()
}

fn order(status: OrderStatus) -> Order {
    let mut order = tests::order(status, vec![tests::line(1, 2)]);
    let from = "east".parse().unwrap();
    order.lay_out(&[Allocation { sku: "s".parse().unwrap(), warehouse_id: from, quantity: 2 }]);
    order
}

fn fulfilment() -> Fulfilment {
    let order = order(OrderStatus::Confirmed);
    let Shipment { warehouse_id, items, .. } = order.shipments[0].clone();
    Fulfilment::new(&order, warehouse_id, items)
}

fn claimed() -> Fulfilment {
    let mut work = fulfilment();
    work.claim(&user("a"), WITHIN, at(0)).unwrap();
    work
}

#[test]
fn one_picks_and_when_their_time_is_over_anybody_may() {
    let mut work = claimed();
    assert_eq!(work.state_at(at(29)), FulfilmentState::Picking);
    assert_eq!(work.claim(&user("b"), WITHIN, at(29)), Err(FulfilmentRefusal::ClaimedByAnother(at(30))));
    assert_eq!(work.claim(&user("a"), WITHIN, at(29)), Ok(Revision::Changed), "who picks may take longer");
    assert_eq!(work.state_at(at(59)), FulfilmentState::New);
    assert_eq!(work.claim(&user("b"), WITHIN, at(59)), Ok(Revision::Changed));
    assert_eq!(work.claim.as_ref().map(|claim| claim.by.clone()), Some(user("b")));
}

#[test]
fn only_who_picks_releases_or_whoever_leads() {
    let mut work = claimed();
    assert_eq!(work.release(&user("b"), false, at(1)), Err(FulfilmentRefusal::ClaimedByAnother(at(30))));
    assert_eq!(work.clone().release(&user("b"), true, at(1)), Ok(Revision::Changed));
    assert_eq!(work.clone().release(&user("b"), false, at(30)), Ok(Revision::Changed), "their time is over");
    assert_eq!(work.release(&user("a"), false, at(1)), Ok(Revision::Changed));
    assert_eq!((work.state, &work.claim), (FulfilmentState::New, &None));
    assert_eq!(work.release(&user("a"), false, at(1)), Ok(Revision::Unchanged));
    work.state = FulfilmentState::Packed;
    assert!(matches!(work.release(&user("a"), true, at(1)), Err(FulfilmentRefusal::Illegal(_))));
}

#[test]
fn only_who_picks_packs_and_nobody_overlooks_that_the_customer_wants_to_cancel() {
    let mut work = claimed();
    assert_eq!(work.may_be_packed(&user("a"), false), Ok(()));
    assert_eq!(work.may_be_packed(&user("b"), true), Err(FulfilmentRefusal::ClaimedByAnother(at(30))));
    assert_eq!(work.request_cancel(at(1)), Ok((Revision::Changed, CancelRequest::Asked)));
    assert_eq!(work.request_cancel(at(2)), Ok((Revision::Unchanged, CancelRequest::Asked)));
    assert_eq!(work.may_be_packed(&user("a"), false), Err(FulfilmentRefusal::CancelRequested));
    assert_eq!(work.may_be_packed(&user("a"), true), Ok(()));
    assert!(matches!(fulfilment().may_be_packed(&user("a"), true), Err(FulfilmentRefusal::Illegal(_))));
}

#[test]
fn a_customer_is_not_kept_waiting_by_a_claim_that_has_ended() {
    assert_eq!(fulfilment().request_cancel(at(0)), Ok((Revision::Unchanged, CancelRequest::NobodyPicks)));
    assert_eq!(claimed().request_cancel(at(30)), Ok((Revision::Unchanged, CancelRequest::NobodyPicks)));
    let mut packed = claimed();
    packed.state = FulfilmentState::Packed;
    assert!(packed.request_cancel(at(1)).is_err());
}

#[test]
fn it_follows_its_order_and_never_goes_back() {
    let mut work = claimed();
    let mut order = order(OrderStatus::Confirmed);
    assert_eq!(work.follow(&order), Revision::Unchanged);
    assert_eq!(work.state, FulfilmentState::Picking);
    let before = order.clone();
    order.shipments[0].packed_at = Some(at(1));
    assert_eq!((work.follow(&order), work.state), (Revision::Changed, FulfilmentState::Packed));
    order.shipments[0].shipped_at = Some(at(2));
    assert_eq!((work.follow(&order), work.state), (Revision::Changed, FulfilmentState::Shipped));
    for older in [before, tests::order(OrderStatus::Delivered, Vec::new())] {
        assert_eq!(work.follow(&older), Revision::Unchanged);
    }
    let mut cancelled = claimed();
    assert_eq!(cancelled.follow(&self::order(OrderStatus::Cancelled)), Revision::Changed);
    assert_eq!((cancelled.state, &cancelled.claim), (FulfilmentState::Cancelled, &None));
}
