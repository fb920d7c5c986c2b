//! What a payment at the gateway means for the order that it names: one table, without any I/O.
//!
//! The gateway has the money, the order has the decision, the record has what Souk committed itself to.
//! Where they disagree, [`reconcile`] names the difference and what may be done about it. It never asks
//! for a write to the record: that is the saga's alone.

use serde::Serialize;
use souk_domain::{
    order::OrderStatus,
    payment::PaymentState::{self, Authorized, Captured, Capturing, Refunded, Voided},
};

use crate::gateway::IntentStatus;

/// An order, as far as its money is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OrderProgress {
    /// Where it stands.
    pub status: OrderStatus,
    /// True once stock and money have followed the decision. Until then the sweeper restarts its saga anyway.
    pub settled: bool,
}

/// A payment record, beside one of the gateway's intents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RecordFacts {
    /// Where it stands.
    pub state: PaymentState,
    /// Which of the gateway's intents it knows.
    pub knows: Knows,
}

/// Which intent a record has the id of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Knows {
    /// This one.
    This,
    /// Another: this one can never be captured.
    Another,
    /// Another, while a renewal is under way: this may be the new one, or the old one.
    Renews,
    /// None yet, or never.
    None,
}

/// What was found out about one intent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// All three agree.
    Agreed,
    /// The saga is still at it, and its sweeper behind it.
    InProgress,
    /// No order has the id in the intent's metadata. Another shop may share the gateway's account.
    OrderUnknown,
    /// The order is there and its record is not.
    RecordMissing,
    /// An intent that its order's record does not know, and so can never use.
    StrayIntent,
    /// A cancelled order's intent holds money.
    StrandedAuthorization,
    /// A cancelled order's intent could still be paid.
    OpenIntent,
    /// A cancelled order's money was taken and not given back.
    StrandedCapture,
    /// The gateway is done with a cancelled order's money, and the record does not say so.
    RecordBehind,
    /// An order waits for its payment, and nothing would wake its saga.
    Stalled,
    /// A confirmed order's money was taken, and the order has not left.
    ShipmentUnfinished,
    /// A confirmed order's money was taken by somebody else than its shipment.
    CapturedElsewhere,
    /// The gateway has let a confirmed order's money go.
    AuthorizationLapsed,
    /// A confirmed order has no money behind it.
    ConfirmedUnpaid,
    /// An order has left and its money was not taken.
    ShippedUncaptured,
    /// Another sum was taken than the record says.
    CapturedDiffers,
    /// Another sum was given back than the record says.
    RefundsDiffer,
    /// Gateway and record agree, and keep another sum than the order owes.
    KeptDiffers,
    /// A bank was asked to give it back, and the record does not know, or not how that has ended.
    Disputed,
}

/// What may be done about a finding. Repeating any of it is safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Nothing needs to be.
    Nothing,
    /// The order is unsettled again, and its saga runs from the top.
    RestartSaga,
    /// The shipment goes on where it stopped.
    ResumeShipment,
    /// The record takes over the gateway's refunds, and makes what is missing there.
    SettleRefunds,
    /// The record takes over the gateway's disputes.
    SettleDisputes,
    /// The record says that the money is gone, and the sweeper over authorisations cancels the order.
    NoteLapse,
    /// The intent is cancelled at the gateway: no record can ever use it.
    CancelIntent,
    /// A person must look.
    Report,
}

/// A finding about one intent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Finding {
    /// What it is.
    pub kind: Kind,
    /// What may be done.
    pub action: Action,
}

const fn found(kind: Kind, action: Action) -> Finding {
    Finding { kind, action }
}

const AGREED: Finding = found(Kind::Agreed, Action::Nothing);
const IN_PROGRESS: Finding = found(Kind::InProgress, Action::Nothing);

/// Compares what the gateway says of an intent with its order and its record.
pub fn reconcile(order: Option<OrderProgress>, record: Option<RecordFacts>, gateway: IntentStatus) -> Finding {
    let over = gateway == IntentStatus::Canceled;
    match (order, record) {
        (None, _) if over => AGREED,
        (None, _) => found(Kind::OrderUnknown, Action::Report),
        (Some(_), None) if over => AGREED,
        // Whoever creates an intent opens its record first: without one, something was lost or restored.
        (Some(_), None) => found(Kind::RecordMissing, Action::Report),
        (Some(order), Some(record)) => match record.knows {
            Knows::This => known(order, record.state, gateway),
            Knows::Another => stray(gateway),
            Knows::Renews => IN_PROGRESS,
            // The fence has closed the record before the id could be kept: a late create.
            Knows::None if record.state.is_fenced() => stray(gateway),
            Knows::None if order.settled && !over => found(Kind::StrayIntent, Action::Report),
            Knows::None => IN_PROGRESS,
        },
    }
}

/// The sums of an intent or of its record, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sums {
    /// What was taken.
    pub captured: i64,
    /// What was given back of it.
    pub refunded: i64,
}

/// Compares the sums of an intent and its record, where everything else of them agrees.
pub fn reconcile_sums(record: Sums, gateway: Sums) -> Finding {
    if record.captured != gateway.captured {
        found(Kind::CapturedDiffers, Action::Report)
    } else if record.refunded != gateway.refunded {
        found(Kind::RefundsDiffer, Action::SettleRefunds)
    } else {
        AGREED
    }
}

/// What is left to compare where record and gateway have the same sums: whether what is `kept` of them is what the order
/// owes, and, of a payment that was ever `disputed`, whether the record knows a dispute of it and that they are `all_over`.
pub fn reconcile_agreed(kept: bool, disputed: bool, all_over: bool) -> Finding {
    if !kept {
        found(Kind::KeptDiffers, Action::Report)
    } else if disputed && !all_over {
        found(Kind::Disputed, Action::SettleDisputes)
    } else {
        AGREED
    }
}

/// An intent that no record can ever use. Only its own status says whether it may simply be cancelled.
fn stray(gateway: IntentStatus) -> Finding {
    match gateway {
        IntentStatus::Canceled => AGREED,
        IntentStatus::Succeeded => found(Kind::StrayIntent, Action::Report),
        _ => found(Kind::StrayIntent, Action::CancelIntent),
    }
}

fn known(order: OrderProgress, record: PaymentState, gateway: IntentStatus) -> Finding {
    match (order.status, order.settled) {
        // Shipping does not mark an order unsettled, so that difference counts in either case.
        (OrderStatus::Shipped | OrderStatus::Delivered, _) => left(record, gateway),
        (_, false) => IN_PROGRESS,
        (OrderStatus::PendingPayment, true) => found(Kind::Stalled, Action::RestartSaga),
        (OrderStatus::Confirmed, true) => confirmed(record, gateway),
        (OrderStatus::Cancelled, true) => cancelled(record, gateway),
    }
}

fn confirmed(record: PaymentState, gateway: IntentStatus) -> Finding {
    match (gateway, record) {
        (IntentStatus::RequiresCapture, Authorized | Capturing) => AGREED,
        (IntentStatus::Succeeded, Capturing | Captured) => found(Kind::ShipmentUnfinished, Action::ResumeShipment),
        (IntentStatus::Succeeded, _) => found(Kind::CapturedElsewhere, Action::Report),
        (IntentStatus::Canceled, Authorized) => found(Kind::AuthorizationLapsed, Action::NoteLapse),
        // A shipment is at it, and finds out.
        (IntentStatus::Canceled, _) => found(Kind::AuthorizationLapsed, Action::Report),
        _ => found(Kind::ConfirmedUnpaid, Action::Report),
    }
}

fn left(record: PaymentState, gateway: IntentStatus) -> Finding {
    match (gateway, record) {
        (IntentStatus::Succeeded, Captured) => AGREED,
        _ => found(Kind::ShippedUncaptured, Action::Report),
    }
}

fn cancelled(record: PaymentState, gateway: IntentStatus) -> Finding {
    let closed = matches!(record, Voided | Refunded);
    match gateway {
        IntentStatus::Processing => IN_PROGRESS,
        IntentStatus::Canceled if closed => AGREED,
        IntentStatus::Canceled => found(Kind::RecordBehind, Action::RestartSaga),
        IntentStatus::Succeeded if record == Refunded => AGREED,
        // The saga leaves a closed record alone.
        IntentStatus::Succeeded if record == Voided => found(Kind::StrandedCapture, Action::Report),
        IntentStatus::Succeeded => found(Kind::StrandedCapture, Action::RestartSaga),
        IntentStatus::RequiresCapture => found(Kind::StrandedAuthorization, undo(closed)),
        IntentStatus::RequiresPaymentMethod | IntentStatus::RequiresConfirmation | IntentStatus::RequiresAction => {
            found(Kind::OpenIntent, undo(closed))
        }
    }
}

/// A closed record says that nothing may be held, and the saga leaves it alone; else the saga gives back.
fn undo(closed: bool) -> Action {
    if closed { Action::CancelIntent } else { Action::RestartSaga }
}

#[cfg(test)]
mod tests;
