use souk_domain::payment::PaymentState::{Declined, Intent as Wanted, Voiding};

use super::*;
use IntentStatus::{
    Canceled, Processing, RequiresAction, RequiresCapture, RequiresConfirmation, RequiresPaymentMethod, Succeeded,
};
use OrderStatus::{Cancelled, Confirmed, Delivered, PendingPayment, Shipped};

const GATEWAY: [IntentStatus; 7] =
    [RequiresPaymentMethod, RequiresConfirmation, RequiresAction, Processing, RequiresCapture, Succeeded, Canceled];

fn orders() -> Vec<Option<OrderProgress>> {
    let all = OrderStatus::ALL.into_iter();
    let facts = all.flat_map(|status| [true, false].map(|settled| Some(OrderProgress { status, settled })));
    facts.chain([None]).collect()
}

fn records() -> Vec<Option<RecordFacts>> {
    let all = PaymentState::ALL.into_iter();
    let facts = all.flat_map(|state| {
        [Knows::This, Knows::Another, Knows::Renews, Knows::None].map(|knows| Some(RecordFacts { state, knows }))
    });
    facts.chain([None]).collect()
}

type Row = (Option<OrderProgress>, Option<RecordFacts>, IntentStatus, Finding);

/// Every row of the table: 11 × 37 × 7.
fn every() -> Vec<Row> {
    let mut rows = Vec::new();
    for order in orders() {
        for record in records() {
            for gateway in GATEWAY {
                rows.push((order, record, gateway, reconcile(order, record, gateway)));
            }
        }
    }
    assert_eq!(rows.len(), 11 * 37 * 7);
    rows
}

fn settled(status: OrderStatus) -> Option<OrderProgress> {
    Some(OrderProgress { status, settled: true })
}

fn this(state: PaymentState) -> Option<RecordFacts> {
    Some(RecordFacts { state, knows: Knows::This })
}

#[test]
fn invariant_i6_sums_that_differ_are_found_and_refunds_taken_over() {
    let sums = |captured, refunded| Sums { captured, refunded };
    let compared = |record, gateway| {
        let finding = reconcile_sums(record, gateway);
        (finding.kind, finding.action)
    };
    assert_eq!(compared(sums(5, 2), sums(5, 2)), (Kind::Agreed, Action::Nothing));
    assert_eq!(compared(sums(5, 0), sums(5, 2)), (Kind::RefundsDiffer, Action::SettleRefunds));
    assert_eq!(compared(sums(5, 2), sums(5, 0)), (Kind::RefundsDiffer, Action::SettleRefunds));
    assert_eq!(compared(sums(5, 2), sums(4, 2)), (Kind::CapturedDiffers, Action::Report));
}

#[test]
fn invariant_i6_what_is_kept_is_what_the_order_owes_and_a_dispute_is_known() {
    let compared = |kept, disputed, all_over| {
        let finding = reconcile_agreed(kept, disputed, all_over);
        (finding.kind, finding.action)
    };
    assert_eq!(compared(false, false, false), (Kind::KeptDiffers, Action::Report));
    assert_eq!(compared(true, true, false), (Kind::Disputed, Action::SettleDisputes));
    assert_eq!(compared(true, true, true), (Kind::Agreed, Action::Nothing));
    assert_eq!(compared(true, false, false), (Kind::Agreed, Action::Nothing));
}

#[test]
fn invariant_i6_no_money_of_a_settled_cancelled_order_is_passed_over() {
    for (order, record, gateway, finding) in every() {
        if order == settled(Cancelled) && gateway == RequiresCapture {
            let late_id = matches!(record, Some(RecordFacts { knows: Knows::None, state }) if !state.is_fenced());
            let missing = record.is_none() || late_id;
            if record.is_some_and(|record| record.knows == Knows::Renews) {
                // Its sweeper cancels what the record does not stand on.
                assert_eq!(finding, IN_PROGRESS);
                continue;
            }
            let repaired = matches!(finding.action, Action::RestartSaga | Action::CancelIntent);
            assert!(repaired || (missing && finding.action == Action::Report), "{record:?}: {finding:?}");
        }
    }
}

#[test]
fn an_intent_is_cancelled_only_where_no_record_could_ever_use_it() {
    for (order, record, gateway, finding) in every() {
        if finding.action == Action::CancelIntent {
            let record = record.expect("never without a record");
            assert!(record.knows == Knows::Another || record.state.is_fenced(), "{record:?}");
            assert!(order.is_some() && !matches!(gateway, Succeeded | Canceled), "{order:?} {gateway:?}");
        }
    }
}

#[test]
fn what_the_sweepers_have_is_left_to_them() {
    for (order, _, _, finding) in every() {
        if finding.action == Action::RestartSaga {
            assert!(order.expect("an order").settled, "{finding:?}");
        }
        if finding.action == Action::ResumeShipment {
            assert_eq!(order, settled(Confirmed));
        }
    }
}

#[test]
fn agreement_means_that_money_and_decision_fit() {
    for (order, record, gateway, finding) in every() {
        let (Kind::Agreed, Some(order), Some(record)) = (finding.kind, order, record) else { continue };
        if record.knows != Knows::This {
            assert_eq!(gateway, Canceled);
            continue;
        }
        match order.status {
            PendingPayment => panic!("a pending order is never at rest"),
            Confirmed => assert_eq!((gateway, record.state.is_authorized()), (RequiresCapture, true)),
            Shipped | Delivered => assert_eq!((gateway, record.state), (Succeeded, Captured)),
            Cancelled => assert!(gateway == Canceled || (gateway, record.state) == (Succeeded, Refunded)),
        }
    }
}

#[test]
fn what_is_under_way_with_a_second_intent_is_left_to_the_sweeper_of_renewals() {
    for gateway in GATEWAY {
        let record = RecordFacts { state: Authorized, knows: Knows::Renews };
        assert_eq!(reconcile(settled(Confirmed), Some(record), gateway), IN_PROGRESS, "{gateway:?}");
    }
}

#[test]
fn nothing_is_asked_of_anybody_where_all_is_well() {
    for (_, _, _, finding) in every() {
        let well = matches!(finding.kind, Kind::Agreed | Kind::InProgress);
        assert_eq!(well, finding.action == Action::Nothing, "{finding:?}");
    }
}

#[test]
fn each_difference_has_its_name_and_its_answer() {
    use Action::{CancelIntent, NoteLapse, Report, RestartSaga, ResumeShipment};
    let unknown = |state| Some(RecordFacts { state, knows: Knows::None });
    let another = |state| Some(RecordFacts { state, knows: Knows::Another });
    for (order, record, gateway, kind, action) in [
        (None, this(Authorized), RequiresCapture, Kind::OrderUnknown, Report),
        (settled(Confirmed), None, RequiresCapture, Kind::RecordMissing, Report),
        (settled(Cancelled), unknown(Voided), RequiresConfirmation, Kind::StrayIntent, CancelIntent),
        (settled(Cancelled), unknown(Voided), Succeeded, Kind::StrayIntent, Report),
        (settled(Confirmed), another(Authorized), RequiresCapture, Kind::StrayIntent, CancelIntent),
        (settled(Confirmed), unknown(Wanted), RequiresConfirmation, Kind::StrayIntent, Report),
        (settled(Cancelled), this(Authorized), RequiresCapture, Kind::StrandedAuthorization, RestartSaga),
        (settled(Cancelled), this(Voided), RequiresCapture, Kind::StrandedAuthorization, CancelIntent),
        (settled(Cancelled), this(Declined), RequiresPaymentMethod, Kind::OpenIntent, RestartSaga),
        (settled(Cancelled), this(Voided), RequiresAction, Kind::OpenIntent, CancelIntent),
        (settled(Cancelled), this(Captured), Succeeded, Kind::StrandedCapture, RestartSaga),
        (settled(Cancelled), this(Voided), Succeeded, Kind::StrandedCapture, Report),
        (settled(Cancelled), this(Voiding), Canceled, Kind::RecordBehind, RestartSaga),
        (settled(PendingPayment), this(Wanted), RequiresCapture, Kind::Stalled, RestartSaga),
        (settled(Confirmed), this(Capturing), Succeeded, Kind::ShipmentUnfinished, ResumeShipment),
        (settled(Confirmed), this(Captured), Succeeded, Kind::ShipmentUnfinished, ResumeShipment),
        (settled(Confirmed), this(Authorized), Succeeded, Kind::CapturedElsewhere, Report),
        (settled(Confirmed), this(Authorized), Canceled, Kind::AuthorizationLapsed, NoteLapse),
        (settled(Confirmed), this(Capturing), Canceled, Kind::AuthorizationLapsed, Report),
        (settled(Confirmed), this(Authorized), RequiresPaymentMethod, Kind::ConfirmedUnpaid, Report),
        (settled(Shipped), this(Captured), RequiresCapture, Kind::ShippedUncaptured, Report),
        (settled(Delivered), this(Captured), Canceled, Kind::ShippedUncaptured, Report),
    ] {
        assert_eq!(reconcile(order, record, gateway), Finding { kind, action }, "{order:?} {record:?} {gateway:?}");
    }
}
