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
        due: 900..=900,
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
    let taken = |refunded| MoneyFacts { captured: 900, refunded, by_choice: 0, failed: 0 };
    let money = match state {
        PaymentState::Captured => Some(taken(0)),
        PaymentState::Refunded => Some(taken(900)),
        _ => None,
    };
    Some(PaymentFacts { state, amount: Money::usd(900).unwrap(), money })
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
    let bought = order(OrderStatus::Confirmed, vec![line(100, 2), line(150, 3)]);
    let units = OrderFacts::of(&bought, Timestamp::UNIX_EPOCH).units;
    assert_eq!(units, BTreeMap::from([("s".parse().unwrap(), 5)]));
}

#[test]
fn an_order_of_which_a_parcel_has_left_is_paid() {
    use crate::order::Shipment;
    let mut partly = crate::order::tests::order(OrderStatus::Confirmed, Vec::new());
    assert!(!OrderFacts::of(&partly, Timestamp::UNIX_EPOCH).departed);
    let shipment = Shipment::new("w1".parse().unwrap(), Vec::new());
    partly.shipments = vec![Shipment { shipped_at: Some(Timestamp::UNIX_EPOCH), ..shipment }];
    assert!(OrderFacts::of(&partly, Timestamp::UNIX_EPOCH).departed);
    let confirmed = OrderFacts { departed: true, ..facts(OrderStatus::Confirmed) };
    let units = reservation(ReservationState::Committed, false);
    let found = |state| order(&confirmed, OrderUnits::Reservation(Some(&units)), payment(state));
    assert_eq!(found(PaymentState::Captured), []);
    assert_eq!(found(PaymentState::Authorized).len(), 1);
}

#[test]
fn an_order_is_paid_for_with_its_total() {
    let amount = Money::usd(899).unwrap();
    let cheap = Some(PaymentFacts { state: PaymentState::Captured, amount, money: None });
    let found = audit(OrderStatus::Shipped, &reservation(ReservationState::Committed, false), cheap);
    let OrderFacts { order_id, total, .. } = facts(OrderStatus::Shipped);
    assert_eq!(found, [Violation::AmountMismatch { order_id, total, amount }]);
}

/// The refunds of a payment of 900, each in the state in which the gateway left it.
fn refunds(each: &[(i64, RefundOrigin, RefundState)]) -> Refunds {
    use crate::{
        ids::RefundId,
        payment::{Ask, Told},
    };
    let order_id = facts(OrderStatus::Shipped).order_id;
    let captured = Money::usd(900).unwrap();
    let mut refunds = Refunds::default();
    for (number, (amount, origin, state)) in each.iter().enumerate() {
        let refund_id = RefundId::of_request(&order_id, &number.to_string());
        let amount = Money::usd(*amount).unwrap();
        let ask = Ask {
            refund_id: refund_id.clone(),
            amount: Some(amount),
            origin: origin.clone(),
            request_digest: String::new(),
        };
        refunds.ask(captured, ask, Timestamp::UNIX_EPOCH).unwrap();
        let told = Told {
            gateway_id: format!("re_{number}"),
            refund_id: Some(refund_id),
            amount,
            state: *state,
            failure_code: None,
            created_at: Timestamp::UNIX_EPOCH,
        };
        refunds.learn((&order_id, captured), &[told], &[], Timestamp::UNIX_EPOCH).unwrap();
    }
    refunds
}

#[test]
fn invariant_i6_what_is_kept_of_an_orders_money_is_what_it_owes() {
    use crate::payment::RefundReason;
    use RefundState::{Failed, Pending, Succeeded};
    let missing = || RefundOrigin::System { reason: RefundReason::ShortPick };
    let chosen = || RefundOrigin::Gateway;
    let cancelled = || RefundOrigin::Cancellation;
    let found = |status: OrderStatus, due, each: &[(i64, RefundOrigin, RefundState)]| {
        let state = if status == OrderStatus::Cancelled { PaymentState::Refunded } else { PaymentState::Captured };
        let money = Some(MoneyFacts::new(Money::usd(900).unwrap(), &refunds(each)));
        let payment = Some(PaymentFacts { state, amount: Money::usd(900).unwrap(), money });
        let units = reservation(ReservationState::Committed, status == OrderStatus::Cancelled);
        let order_facts = OrderFacts { due, ..facts(status) };
        let found = order(&order_facts, OrderUnits::Reservation(Some(&units)), payment);
        assert!(found.iter().all(|violation| matches!(violation, Violation::KeptDiffers { .. })), "{found:?}");
        !found.is_empty()
    };
    for shipped in [OrderStatus::Shipped, OrderStatus::Delivered] {
        assert!(!found(shipped, 900..=900, &[]));
        assert!(found(shipped, 800..=800, &[]), "a missing unit was paid");
        assert!(!found(shipped, 800..=900, &[]), "it was missed a moment ago");
        assert!(!found(shipped, 800..=800, &[(100, missing(), Pending)]), "it goes back");
        assert!(!found(shipped, 800..=800, &[(100, missing(), Failed)]), "an operator's case");
        assert!(found(shipped, 800..=800, &[(100, missing(), Failed), (1, chosen(), Succeeded)]), "they have decided");
        assert!(found(shipped, 900..=900, &[(100, missing(), Succeeded)]), "nothing is missing, and nobody chose that");
        assert!(!found(shipped, 900..=900, &[(900, chosen(), Succeeded)]), "somebody chose that");
        assert!(!found(shipped, 800..=800, &[(850, chosen(), Pending), (50, missing(), Pending)]), "all that was left");
    }
    let back = |each: &[_]| found(OrderStatus::Cancelled, 0..=0, each);
    assert!(back(&[]) && back(&[(500, cancelled(), Succeeded)]));
    assert!(!back(&[(900, cancelled(), Succeeded)]) && !back(&[(400, chosen(), Pending), (500, cancelled(), Pending)]));
    assert!(!back(&[(900, cancelled(), Failed)]), "an operator's case");
    assert!(back(&[(900, cancelled(), Failed), (500, chosen(), Succeeded)]), "they have given back a part only");
}

#[test]
fn what_was_missed_lately_may_still_be_paid() {
    use crate::order::{Shortfall, tests};
    let mut bought = tests::order(OrderStatus::Shipped, vec![tests::line(300, 3)]);
    let at = Timestamp::UNIX_EPOCH;
    let by = "picker".parse().unwrap();
    bought.shortages.push(Shortfall {
        warehouse_id: "w1".parse().unwrap(),
        sku: "s".parse().unwrap(),
        units: 1,
        at,
        by,
    });
    let due = |minutes| OrderFacts::of(&bought, at + SignedDuration::from_mins(minutes)).due;
    assert_eq!((due(5), due(61)), (600..=900, 600..=600));
}

#[test]
fn invariant_i6_what_is_kept_is_what_is_owed_whoever_says_what_was_taken() {
    let money = |captured, refunded, by_choice| MoneyFacts { captured, refunded, by_choice, failed: 0 };
    let left = OrderFacts { departed: true, ..facts(OrderStatus::Shipped) };
    for (order, money, kept) in [
        (&left, money(900, 0, 0), true),
        (&left, money(900, 100, 100), true),
        (&left, money(900, 100, 0), false),
        (&left, money(800, 0, 0), false),
        (&OrderFacts { departed: false, ..facts(OrderStatus::Confirmed) }, money(0, 0, 0), true),
        (&facts(OrderStatus::Cancelled), money(900, 900, 0), true),
        (&facts(OrderStatus::Cancelled), money(900, 800, 0), false),
    ] {
        assert_eq!(keeps_what_it_owes(order, &money), kept, "{order:?} {money:?}");
    }
}
