use jiff::SignedDuration;

use super::*;
use crate::order::{
    ShipmentItem,
    tests::{line, order},
};

fn at(second: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second)
}

fn warehouse(id: &str) -> WarehouseId {
    id.parse().unwrap()
}

fn label(number: &str) -> Label {
    Label { carrier: "c".to_owned(), tracking_number: number.to_owned() }
}

fn labels(parcels: &[(&str, &[&str])]) -> Departures {
    let of = |numbers: &[&str]| numbers.iter().map(|number| label(number)).collect();
    parcels.iter().map(|(from, numbers)| (warehouse(from), of(numbers))).collect()
}

/// Two warehouses' order.
fn confirmed() -> Order {
    let mut order = order(OrderStatus::Confirmed, vec![line(1, 3)]);
    let allocation = |from, quantity| Allocation { sku: "s".parse().unwrap(), warehouse_id: warehouse(from), quantity };
    order.lay_out(&[allocation("west", 1), allocation("east", 2)]);
    order
}

#[test]
fn an_order_leaves_in_one_shipment_a_warehouse() {
    let mut order = confirmed();
    let items = |units| vec![ShipmentItem { sku: "s".parse().unwrap(), quantity: units }];
    assert_eq!(
        order.shipments,
        [Shipment::new(warehouse("east"), items(2)), Shipment::new(warehouse("west"), items(1))]
    );
    assert_eq!(order.leave(&Departures::new(), at(1)), Ok(Revision::Unchanged), "whoever names nothing ships nothing");
    assert_eq!(order.begin_to_leave(&Departures::new(), at(1)), Err(ShippingRefusal::NothingLeaves), "nor takes money");
    let before = order.clone();
    order.lay_out(&[]);
    assert_eq!(order, before, "what was said stays");
}

#[test]
fn only_a_confirmed_order_is_packed_and_what_is_packed_stays_so() {
    let mut order = confirmed();
    assert_eq!(order.pack(&warehouse("east"), &[label("1")], at(1)), Ok(Revision::Changed));
    assert_eq!(order.pack(&warehouse("east"), &[], at(2)), Ok(Revision::Unchanged));
    assert_eq!(order.pack(&warehouse("east"), &[label("2")], at(2)), Ok(Revision::Changed), "another box");
    assert_eq!((order.packed_at(), order.departed_at()), (Some(at(1)), None));
    assert_eq!(order.shipping_progress(), Some(ShippingProgress::Packed));
    assert_eq!(
        order.pack(&warehouse("north"), &[], at(1)),
        Err(ShippingRefusal::NothingLeavesFrom(warehouse("north")))
    );
    for status in OrderStatus::ALL.into_iter().filter(|status| *status != OrderStatus::Confirmed) {
        order.status = status;
        assert!(matches!(order.pack(&warehouse("west"), &[], at(3)), Err(ShippingRefusal::Illegal(_))), "{status}");
    }
}

#[test]
fn each_warehouse_leaves_by_itself_and_the_last_ships_the_order() {
    let mut order = confirmed();
    assert_eq!(order.shipping_progress(), Some(ShippingProgress::NotStarted));
    let east = labels(&[("east", &["1", "2"])]);
    assert_eq!(order.begin_to_leave(&east, at(1)), Ok(Revision::Changed));
    assert_eq!(order.begin_to_leave(&east, at(2)), Ok(Revision::Changed), "somebody else wants it, too");
    assert!(!order.has_departed());
    assert_eq!(order.leaving(), labels(&[("east", &[])]));
    assert_eq!(order.leave(&east, at(3)), Ok(Revision::Changed));
    assert_eq!(order.leave(&east, at(4)), Ok(Revision::Unchanged));
    assert_eq!((order.status, order.shipments[0].parcels.len()), (OrderStatus::Confirmed, 2));
    assert_eq!(order.shipping_progress(), Some(ShippingProgress::PartiallyShipped));
    assert_eq!(order.leaving(), Departures::new());

    // The money is taken: the second leaves in one step.
    assert_eq!(order.begin_to_leave(&labels(&[("west", &["3"])]), at(5)), Ok(Revision::Changed));
    assert_eq!((order.status, order.departed_at()), (OrderStatus::Shipped, Some(at(3))));
    assert_eq!(order.history.last().map(|entry| (entry.at, entry.by)), Some((at(5), Actor::Warehouse)));
}

#[test]
fn what_has_left_does_not_leave_again_under_another_label() {
    let mut order = confirmed();
    let both = labels(&[("east", &["1"]), ("west", &["2"])]);
    assert_eq!(order.leave(&both, at(1)), Ok(Revision::Changed));
    assert_eq!(order.leave(&both, at(2)), Ok(Revision::Unchanged));
    assert_eq!(order.begin_to_leave(&labels(&[("east", &[])]), at(2)), Ok(Revision::Unchanged));
    for other in [labels(&[("east", &["9"])]), labels(&[("east", &["1", "9"])])] {
        assert_eq!(order.begin_to_leave(&other, at(2)), Err(ShippingRefusal::LeftOtherwise(warehouse("east"))));
    }
    // A repeat of what was corrected since is a repeat still.
    order.relabel(&warehouse("east"), 1, label("9"), at(3)).unwrap();
    assert_eq!(order.leave(&both, at(4)), Ok(Revision::Unchanged));
}

#[test]
fn nothing_leaves_of_an_order_that_is_cancelled_or_without_a_label() {
    let mut order = confirmed();
    let unlabelled = labels(&[("east", &[])]);
    assert_eq!(order.begin_to_leave(&unlabelled, at(1)), Err(ShippingRefusal::Unlabelled(warehouse("east"))));
    assert_eq!(order.leave(&unlabelled, at(1)), Err(ShippingRefusal::Unlabelled(warehouse("east"))));
    order.pack(&warehouse("east"), &[label("1")], at(1)).unwrap();
    order.status = OrderStatus::Cancelled;
    let before = order.clone();
    for step in [Order::begin_to_leave, Order::leave] {
        assert!(matches!(step(&mut order, &unlabelled, at(2)), Err(ShippingRefusal::Illegal(_))));
    }
    assert!(order.relabel(&warehouse("east"), 1, label("2"), at(2)).is_err());
    assert_eq!(order, before);
}

#[test]
fn what_stays_keeps_its_labels() {
    let mut order = confirmed();
    let east = labels(&[("east", &["1"])]);
    order.begin_to_leave(&east, at(1)).unwrap();
    order.begin_to_leave(&east, at(2)).unwrap();
    assert_eq!(order.stay(&east, at(2)), Revision::Changed);
    assert_eq!(order.leaving(), labels(&[("east", &[])]), "whoever asked first waits for the money still");
    assert_eq!(order.stay(&east, at(2)), Revision::Unchanged);
    assert_eq!(order.stay(&east, at(1)), Revision::Changed);
    assert_eq!((order.leaving(), order.shipments[0].parcels.len()), (Departures::new(), 1));
    assert_eq!(order.leave(&labels(&[("east", &[])]), at(2)), Ok(Revision::Changed));
}

#[test]
fn a_corrected_label_keeps_what_it_said() {
    let mut order = confirmed();
    let east = warehouse("east");
    order.leave(&labels(&[("east", &["1", "2"])]), at(1)).unwrap();
    assert_eq!(order.relabel(&east, 2, label("2"), at(2)), Ok(Revision::Unchanged));
    assert_eq!(order.relabel(&east, 2, label("3"), at(2)), Ok(Revision::Changed));
    let parcel = &order.shipments[0].parcels[1];
    assert_eq!(parcel.label, label("3"));
    assert_eq!(parcel.former, [crate::order::FormerLabel { label: label("2"), until: at(2) }]);
    for number in [0, 3] {
        assert_eq!(order.relabel(&east, number, label("3"), at(2)), Err(ShippingRefusal::NoSuchParcel));
    }
}

#[test]
fn an_order_is_delivered_with_its_last_parcel() {
    let mut order = confirmed();
    let (east, west) = (warehouse("east"), warehouse("west"));
    order.leave(&labels(&[("east", &["1", "2"])]), at(1)).unwrap();
    assert_eq!(order.deliver_parcel(&west, 1, at(2)), Err(ShippingRefusal::NoSuchParcel));
    assert_eq!(order.deliver_parcel(&east, 1, at(2)), Ok(Revision::Changed));
    assert_eq!(order.deliver_parcel(&east, 1, at(3)), Ok(Revision::Unchanged));
    order.pack(&west, &[label("3")], at(3)).unwrap();
    assert_eq!(order.deliver_parcel(&west, 1, at(3)), Err(ShippingRefusal::NotLeft));
    assert!(order.deliver(Actor::Warehouse, at(3)).is_err());
    order.leave(&labels(&[("west", &[])]), at(4)).unwrap();
    order.deliver_parcel(&east, 2, at(5)).unwrap();
    assert_eq!(order.status, OrderStatus::Shipped);
    order.deliver_parcel(&west, 1, at(6)).unwrap();
    assert_eq!(order.status, OrderStatus::Delivered);
    assert_eq!(order.deliver(Actor::Warehouse, at(7)), Ok(Revision::Unchanged));
}

#[test]
fn of_calls_that_died_no_more_are_remembered_than_an_item_can_bear() {
    let mut order = confirmed();
    let east = labels(&[("east", &["1"])]);
    (1..100).for_each(|second| assert_eq!(order.begin_to_leave(&east, at(second)), Ok(Revision::Changed)));
    assert_eq!(order.shipments[0].leaving.len(), MAX_LEAVING);
    assert_eq!(order.shipments[0].leaving.last(), Some(&at(99)));
}

fn tracking(number: &str) -> Tracking {
    Tracking::of(&label(number))
}

#[test]
fn a_carriers_word_delivers_what_bears_the_label_now_and_has_left() {
    let mut order = confirmed();
    let east = warehouse("east");
    order.pack(&east, &[label("1")], at(1)).unwrap();
    assert_eq!(order.deliver_tracked(&tracking("1"), at(2), at(2)), Err(ShippingRefusal::NotLeft));
    order.leave(&labels(&[("east", &["1"]), ("west", &["2"])]), at(3)).unwrap();
    assert_eq!(order.deliver_tracked(&tracking("9"), at(4), at(4)), Err(ShippingRefusal::NoSuchParcel));
    order.relabel(&east, 1, label("5"), at(4)).unwrap();
    assert_eq!(order.deliver_tracked(&tracking("1"), at(5), at(5)), Err(ShippingRefusal::NoSuchParcel));

    assert_eq!(order.deliver_tracked(&tracking("5"), at(6), at(7)), Ok(Revision::Changed));
    assert_eq!(order.deliver_tracked(&tracking("5"), at(9), at(9)), Ok(Revision::Unchanged));
    assert_eq!((order.status, order.shipments[0].parcels[0].delivered_at), (OrderStatus::Shipped, Some(at(6))));
    assert_eq!(order.deliver_tracked(&tracking("2"), at(8), at(9)), Ok(Revision::Changed));
    assert_eq!(
        order.history.last().map(|entry| (entry.status, entry.by)),
        Some((OrderStatus::Delivered, Actor::Carrier))
    );
    let before = order.clone();
    assert_eq!(order.deliver_tracked(&tracking("2"), at(10), at(10)), Ok(Revision::Unchanged));
    assert_eq!(order, before);
}

#[test]
fn a_carriers_clock_neither_precedes_the_departure_nor_reaches_into_the_future() {
    for (told, kept) in [(0, 3), (4, 4), (99, 5)] {
        let mut order = confirmed();
        order.leave(&labels(&[("east", &["1"])]), at(3)).unwrap();
        order.deliver_tracked(&tracking("1"), at(told), at(5)).unwrap();
        assert_eq!(order.shipments[0].parcels[0].delivered_at, Some(at(kept)), "{told}");
    }
}

/// The rest may turn out to be missing after the only parcel has arrived.
#[test]
fn whoever_says_again_that_the_last_parcel_has_arrived_ends_the_order() {
    let mut order = confirmed();
    order.leave(&labels(&[("east", &["1"])]), at(1)).unwrap();
    order.deliver_tracked(&tracking("1"), at(2), at(2)).unwrap();
    for shipment in order.shipments.iter_mut().filter(|shipment| shipment.shipped_at.is_none()) {
        shipment.items.clear();
    }
    order.status = OrderStatus::Shipped;
    assert_eq!(order.deliver_tracked(&tracking("1"), at(3), at(3)), Ok(Revision::Changed));
    assert_eq!(order.status, OrderStatus::Delivered);
}
