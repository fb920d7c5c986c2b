use jiff::Timestamp;
use uuid::Uuid;

use super::*;
use crate::{ids::ReservationId, stock::Allocation};

fn facts(status: OrderStatus) -> OrderFacts {
    OrderFacts {
        order_id: OrderId::from_uuid(Uuid::from_u128(1)),
        status,
        departed: status.has_left(),
        units: BTreeMap::from([("s".parse().unwrap(), 3)]),
        short: false,
        total: Money::usd(900).unwrap(),
    }
}

/// From two warehouses.
fn reservation(state: ReservationState, returned: bool) -> Reservation {
    let line = |warehouse: &str, quantity| Allocation {
        sku: "s".parse().unwrap(),
        warehouse_id: warehouse.parse().unwrap(),
        quantity,
    };
    let id = ReservationId::from_uuid(Uuid::from_u128(2));
    let held = Reservation::held(id, vec![line("w1", 1), line("w2", 2)], Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH);
    Reservation { state, returned, order_id: Some(facts(OrderStatus::Confirmed).order_id), ..held }
}

fn payment(state: PaymentState) -> Option<PaymentFacts> {
    Some(PaymentFacts { state, amount: Money::usd(900).unwrap() })
}

fn audit(status: OrderStatus, units: &Reservation, payment: Option<PaymentFacts>) -> Vec<Violation> {
    order(&facts(status), OrderUnits::Reservation(Some(units)), payment)
}

#[test]
fn invariants_i3_and_i6_every_status_with_every_payment_state() {
    use OrderStatus::{Cancelled, Confirmed, Delivered, PendingPayment, Shipped};
    use PaymentState::{Authorized, Captured, Capturing, Refunded, Voided};
    for status in OrderStatus::ALL {
        for state in PaymentState::ALL {
            let right: &[PaymentState] = match status {
                PendingPayment => &PaymentState::ALL,
                Confirmed => &[Authorized, Capturing, Captured],
                Shipped | Delivered => &[Captured],
                Cancelled => &[Voided, Refunded],
            };
            let order_id = facts(status).order_id;
            let expected = match (right.contains(&state), status) {
                (true, _) => Vec::new(),
                (false, Cancelled) => vec![Violation::OrderMoneyKept { order_id, payment: Some(state) }],
                (false, _) => vec![Violation::OrderUnpaid { order_id, status, payment: Some(state) }],
            };
            let units = reservation(ReservationState::Committed, status == Cancelled);
            assert_eq!(audit(status, &units, payment(state)), expected, "{status} {state:?}");
        }
    }
}

#[test]
fn a_confirmed_order_has_exactly_its_units() {
    let missing = |units: &Reservation| {
        let found = audit(OrderStatus::Confirmed, units, payment(PaymentState::Authorized));
        assert!(found.iter().all(|violation| matches!(violation, Violation::OrderUnitsMissing { .. })), "{found:?}");
        !found.is_empty()
    };
    let committed = reservation(ReservationState::Committed, false);
    assert!(!missing(&committed));
    assert!(missing(&reservation(ReservationState::Committed, true)));
    assert!(missing(&reservation(ReservationState::Held, false)));
    assert!(missing(&reservation(ReservationState::Released, false)));
    assert!(missing(&Reservation { order_id: None, ..committed.clone() }));
    assert!(missing(&Reservation { lines: committed.lines[..1].to_vec(), ..committed }));
}

#[test]
fn a_cancelled_order_keeps_no_units() {
    let kept = |units: &Reservation| {
        let found = audit(OrderStatus::Cancelled, units, payment(PaymentState::Voided));
        assert!(found.iter().all(|violation| matches!(violation, Violation::OrderUnitsKept { .. })), "{found:?}");
        !found.is_empty()
    };
    assert!(kept(&reservation(ReservationState::Held, false)));
    assert!(kept(&reservation(ReservationState::Committed, false)));
    assert!(!kept(&reservation(ReservationState::Committed, true)));
    assert!(!kept(&reservation(ReservationState::Released, false)));
    let another = Some(OrderId::from_uuid(Uuid::from_u128(9)));
    assert!(!kept(&Reservation { order_id: another, ..reservation(ReservationState::Held, false) }));
}

#[test]
fn what_is_not_there_is_missing() {
    let confirmed = facts(OrderStatus::Confirmed);
    let found = order(&confirmed, OrderUnits::Reservation(None), None);
    let (order_id, status) = (confirmed.order_id.clone(), confirmed.status);
    let expected = [
        Violation::OrderUnitsMissing { order_id: order_id.clone(), status },
        Violation::OrderUnpaid { order_id, status, payment: None },
    ];
    assert_eq!(found, expected);
}

#[test]
fn invariant_i3_an_order_of_a_sale_stands_on_its_claim() {
    let units = |status, entry| {
        let money = if status == OrderStatus::Cancelled { PaymentState::Voided } else { PaymentState::Captured };
        order(&facts(status), OrderUnits::Claim(entry), payment(money))
    };
    let order_id = facts(OrderStatus::Shipped).order_id;
    let (missing, kept) = (
        |status| vec![Violation::OrderUnitsMissing { order_id: order_id.clone(), status }],
        || vec![Violation::OrderUnitsKept { order_id: order_id.clone() }],
    );
    for status in [OrderStatus::Confirmed, OrderStatus::Shipped, OrderStatus::Delivered] {
        assert_eq!(units(status, Some(ClaimEntry::Claimed(7))), []);
        assert_eq!(units(status, Some(ClaimEntry::GivenBack)), missing(status));
        assert_eq!(units(status, None), missing(status));
    }
    assert_eq!(units(OrderStatus::Cancelled, Some(ClaimEntry::Claimed(7))), kept());
    assert_eq!(units(OrderStatus::Cancelled, Some(ClaimEntry::GivenBack)), []);
    assert_eq!(units(OrderStatus::Cancelled, None), []);
}

#[test]
fn lines_that_share_a_sku_are_added_up() {
    use crate::order::tests::{line, order};
    let units = OrderFacts::from(&order(OrderStatus::Confirmed, vec![line(100, 2), line(150, 3)])).units;
    assert_eq!(units, BTreeMap::from([("s".parse().unwrap(), 5)]));
}

#[test]
fn an_order_of_which_a_parcel_has_left_is_paid() {
    use crate::order::Shipment;
    let mut partly = crate::order::tests::order(OrderStatus::Confirmed, Vec::new());
    assert!(!OrderFacts::from(&partly).departed);
    let shipment = Shipment::new("w1".parse().unwrap(), Vec::new());
    partly.shipments = vec![Shipment { shipped_at: Some(Timestamp::UNIX_EPOCH), ..shipment }];
    assert!(OrderFacts::from(&partly).departed);
    let confirmed = OrderFacts { departed: true, ..facts(OrderStatus::Confirmed) };
    let units = reservation(ReservationState::Committed, false);
    let found = |state| order(&confirmed, OrderUnits::Reservation(Some(&units)), payment(state));
    assert_eq!(found(PaymentState::Captured), []);
    assert_eq!(found(PaymentState::Authorized).len(), 1);
}

#[test]
fn an_order_is_paid_for_with_its_total() {
    let amount = Money::usd(899).unwrap();
    let cheap = Some(PaymentFacts { state: PaymentState::Captured, amount });
    let found = audit(OrderStatus::Shipped, &reservation(ReservationState::Committed, false), cheap);
    let OrderFacts { order_id, total, .. } = facts(OrderStatus::Shipped);
    assert_eq!(found, [Violation::AmountMismatch { order_id, total, amount }]);
}
