use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;
use crate::{
    money::Currency,
    order::{
        Departures, Label, OrderStatus,
        tests::{line, order},
    },
};

fn at(second: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second)
}

fn place(id: &str) -> WarehouseId {
    id.parse().unwrap()
}

fn finding(from: &str, found: u32) -> Finding {
    Finding { warehouse_id: place(from), sku: "s".parse().unwrap(), found, by: "picker".parse().unwrap() }
}

fn leaves(from: &str) -> Departures {
    vec![(place(from), vec![Label { carrier: "c".to_owned(), tracking_number: from.to_owned() }])]
}

/// Of one SKU, so many units in each of two warehouses, at 7 each.
fn confirmed(east: u32, west: u32) -> Order {
    let mut order = order(OrderStatus::Confirmed, vec![line(7, east + west)]);
    let allocation = |from, quantity| Allocation { sku: "s".parse().unwrap(), warehouse_id: place(from), quantity };
    order.lay_out(&[allocation("east", east), allocation("west", west)]);
    order
}

fn units(order: &Order) -> u32 {
    order.shipments.iter().flat_map(|shipment| &shipment.items).map(|item| item.quantity).sum()
}

proptest! {
    #[test]
    fn what_is_sent_and_what_is_short_is_what_was_ordered(
        east in 1..9_u32, west in 1..9_u32, found in proptest::collection::vec((any::<bool>(), 0..10_u32), 0..8),
    ) {
        let mut order = confirmed(east, west);
        for (is_east, found) in found {
            let _refused_or_not = order.fall_short(&finding(if is_east { "east" } else { "west" }, found), at(1));
            let short: u32 = order.shortages.iter().map(|short| short.units).sum();
            prop_assert_eq!(units(&order) + short, east + west);
            let missing: i64 = order.shortages.iter().map(|short| order.worth(short).amount()).sum();
            prop_assert_eq!(order.due().amount() + missing, order.total.amount());
            prop_assert_eq!(order.left().iter().map(|item| item.quantity).sum::<u32>(), units(&order));
            prop_assert_eq!(units(&order) == 0, order.status == OrderStatus::Cancelled);
        }
    }
}

#[test]
fn what_is_left_is_told_by_line_also_where_a_sku_has_two() {
    let mut order = order(OrderStatus::Confirmed, vec![line(7, 2), line(7, 3)]);
    let allocation = Allocation { sku: "s".parse().unwrap(), warehouse_id: place("east"), quantity: 5 };
    order.lay_out(&[allocation]);
    let left = |order: &Order| order.left().iter().map(|item| item.quantity).collect::<Vec<_>>();
    assert_eq!(left(&order), [2, 3]);
    for (found, expected) in [(4, vec![1, 3]), (2, vec![2]), (0, vec![])] {
        order.fall_short(&finding("east", found), at(1)).unwrap();
        assert_eq!(left(&order), expected, "{found}");
    }
}

#[test]
fn saying_it_again_changes_nothing_and_finding_more_is_refused() {
    let mut order = confirmed(3, 1);
    for (found, expected) in [
        (3, Err(ShortageRefusal::NotFewer { to_pick: 3 })),
        (2, Ok(Revision::Changed)),
        (2, Ok(Revision::Unchanged)),
        (3, Err(ShortageRefusal::NotFewer { to_pick: 2 })),
        (0, Ok(Revision::Changed)),
        (0, Ok(Revision::Unchanged)),
    ] {
        assert_eq!(order.fall_short(&finding("east", found), at(1)), expected, "{found}");
    }
    assert_eq!(order.shortages.iter().map(|short| short.units).collect::<Vec<_>>(), [1, 2]);
    assert_eq!((order.status, order.due().amount()), (OrderStatus::Confirmed, 7));
}

#[test]
fn only_what_is_to_be_picked_there_and_is_not_packed_falls_short() {
    let mut order = confirmed(2, 1);
    let other = Finding { sku: "other".parse().unwrap(), ..finding("east", 0) };
    assert_eq!(order.fall_short(&other, at(1)), Err(ShortageRefusal::NotPickedThere("other".parse().unwrap())));
    let elsewhere = order.fall_short(&finding("north", 0), at(1));
    assert_eq!(elsewhere, Err(ShortageRefusal::NothingLeavesFrom(place("north"))));
    order.settled = false;
    assert_eq!(order.fall_short(&finding("east", 0), at(1)), Err(ShortageRefusal::NotSettled));
    order.settled = true;
    order.pack(&place("east"), &[], at(1)).unwrap();
    order.begin_to_leave(&leaves("west"), at(1)).unwrap();
    for from in ["east", "west"] {
        assert_eq!(order.fall_short(&finding(from, 0), at(2)), Err(ShortageRefusal::Packed(place(from))));
    }
    for status in OrderStatus::ALL.into_iter().filter(|status| *status != OrderStatus::Confirmed) {
        let mut order = Order { status, ..confirmed(2, 1) };
        assert!(matches!(order.fall_short(&finding("east", 0), at(1)), Err(ShortageRefusal::Illegal(_))), "{status}");
    }
}

#[test]
fn an_order_is_shipped_when_all_that_is_there_has_left() {
    let mut order = confirmed(2, 1);
    order.fall_short(&finding("west", 0), at(1)).unwrap();
    order.leave(&leaves("east"), at(2)).unwrap();
    assert_eq!(order.status, OrderStatus::Shipped);
    assert!(order.pack(&place("west"), &[], at(3)).is_err(), "nothing is left to pack");

    let mut order = confirmed(2, 1);
    order.leave(&leaves("east"), at(1)).unwrap();
    order.fall_short(&finding("west", 0), at(2)).unwrap();
    let last = order.history.last().map(|entry| (entry.status, entry.at, entry.by));
    assert_eq!(last, Some((OrderStatus::Shipped, at(2), Actor::Warehouse)));
}

#[test]
fn an_order_of_which_nothing_is_there_is_cancelled() {
    let mut order = confirmed(2, 1);
    order.fall_short(&finding("east", 0), at(1)).unwrap();
    assert_eq!(order.status, OrderStatus::Confirmed);
    order.fall_short(&finding("west", 0), at(2)).unwrap();
    let ended = (order.status, order.cancel_reason, order.settled, order.due());
    assert_eq!(ended, (OrderStatus::Cancelled, Some(CancelReason::UnitsMissing), false, Money::nothing(Currency::USD)));
    assert_eq!(order.fall_short(&finding("west", 0), at(3)), Ok(Revision::Unchanged));
}
