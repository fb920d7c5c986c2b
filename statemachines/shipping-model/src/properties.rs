//! What must hold in every state.

use souk_domain::{order::OrderStatus, payment::PaymentState};
use souk_exploration::Last;
use stateright::Property;

use crate::{
    Protocol,
    bounds::Bounds,
    guards::Guards,
    refunds::Standing,
    rest::{Unrest, unrest},
    state::{Intent, Pc, Sin, State},
    steps::captured,
};

/// A property that must always hold. Those "at rest" are about what remains once the faults stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invariant {
    /// I3: nothing leaves of a cancelled order.
    I3GoodsFollowOrder,
    /// I3: a cancelled order's units are back, once, without those that were missing.
    I3UnitsAtRest,
    /// I5: the status says what has left.
    I5StatusSaysWhatHasLeft,
    /// I6: money is taken before goods leave.
    I6PaidBeforeLeaving,
    /// I6: never more is refunded than was captured.
    I6NeverMoreThanCaptured,
    /// I6: what is kept is what is owed.
    I6MoneyAtRest,
    /// I6: record and gateway tell the same of every refund.
    I6RefundsAgreeAtRest,
    /// I7: everything ends.
    I7SettlesAtRest,
    /// I8: each parcel, refund and return takes effect once.
    I8EachOnce,
    /// I9: a refund that was written down stays so.
    I9RefundsAreKept,
    /// Nobody cancels or misses what is packed, but an operator.
    PackedIsPacked,
    /// Parcels stay of which somebody heard that they do.
    WhoStaysStays,
}

impl Invariant {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::I3GoodsFollowOrder,
        Self::I3UnitsAtRest,
        Self::I5StatusSaysWhatHasLeft,
        Self::I6PaidBeforeLeaving,
        Self::I6NeverMoreThanCaptured,
        Self::I6MoneyAtRest,
        Self::I6RefundsAgreeAtRest,
        Self::I7SettlesAtRest,
        Self::I8EachOnce,
        Self::I9RefundsAreKept,
        Self::PackedIsPacked,
        Self::WhoStaysStays,
    ];

    /// The property for the checker.
    pub fn property(self) -> Property<Protocol> {
        let always = Property::always;
        match self {
            Self::I3GoodsFollowOrder => {
                always("invariant_i3_nothing_leaves_of_a_cancelled_order", |_, s: &State| !s.has(Sin::LeftCancelled))
            }
            Self::I3UnitsAtRest => always("invariant_i3_units_at_rest", |p, s| at_rest(p, s) != Some(Unrest::Units)),
            Self::I5StatusSaysWhatHasLeft => {
                always("invariant_i5_status_says_what_has_left", |_, s| status_is_right(s))
            }
            Self::I6PaidBeforeLeaving => {
                always("invariant_i6_paid_before_leaving", |_, s: &State| !s.has(Sin::LeftUnpaid))
            }
            Self::I6NeverMoreThanCaptured => {
                always("invariant_i6_never_more_refunded_than_captured", |_, s| within_captured(s))
            }
            Self::I6MoneyAtRest => always("invariant_i6_money_at_rest", |p, s| at_rest(p, s) != Some(Unrest::Money)),
            Self::I6RefundsAgreeAtRest => {
                always("invariant_i6_refunds_agree_at_rest", |p, s| at_rest(p, s) != Some(Unrest::Refunds))
            }
            Self::I7SettlesAtRest => {
                always("invariant_i7_settles_at_rest", |p, s| at_rest(p, s) != Some(Unrest::Order))
            }
            Self::I8EachOnce => always("invariant_i8_each_once", |_, s: &State| {
                ![Sin::RefundedTwice, Sin::ReturnedTwice, Sin::LeftTwice].into_iter().any(|sin| s.has(sin))
            }),
            Self::I9RefundsAreKept => {
                always("invariant_i9_refunds_are_kept", |_, s: &State| !s.has(Sin::RefundForgotten))
            }
            Self::PackedIsPacked => {
                always("packed_is_packed", |_, s: &State| !s.has(Sin::CancelledPacked) && !s.has(Sin::MissedPacked))
            }
            Self::WhoStaysStays => always("who_stays_stays", |_, s: &State| !s.has(Sin::LeftThoughToldToStay)),
        }
    }
}

/// States that the model must reach, or it shows nothing.
pub(crate) fn reached(protocol: &Protocol) -> Vec<Property<Protocol>> {
    let Bounds { units, at_once, shortages, asked, failures, console, .. } = protocol.bounds;
    let mut reached = vec![
        Property::sometimes("an order has left", |_, s: &State| s.order.status == OrderStatus::Shipped),
        Property::sometimes("captured money of a cancelled order is refunded", |_, s: &State| {
            s.record.state == PaymentState::Refunded && s.record.refunds.refunded() == s.record.captured
        }),
    ];
    if units.iter().all(|units| *units > 0) && at_once > 1 {
        reached.push(Property::sometimes("one parcel has left and the other is leaving", |_, s: &State| {
            s.order.which(|shipment| shipment.left).count_ones() == 1
                && s.order.which(|shipment| shipment.leaving != 0) != 0
        }));
    }
    if shortages {
        reached.push(Property::sometimes(
            "less than the total is captured",
            |p: &Protocol, s: &State| matches!(s.gateway.intent, Intent::Captured(taken) if taken < p.bounds.total()),
        ));
        reached.push(Property::sometimes("what is missing was refunded", |_, s: &State| {
            s.record.refunds.asked_for_shortages() > 0 && !s.record.refunds.has_pending()
        }));
    }
    if asked > 0 && failures {
        reached.push(Property::sometimes("a refund has failed and another was made since", |_, s: &State| {
            s.record.refunds.failed() > 0 && s.record.refunds.iter().any(|(_, is, _)| is == Standing::Succeeded)
        }));
    }
    if console {
        reached.push(Property::sometimes("a stranger's refund is written down", |_, s: &State| {
            s.record.refunds.get(crate::refunds::CONSOLE).is_some()
        }));
    }
    reached
}

/// Shipped is what has left as a whole; confirmed is what waits for something.
fn status_is_right(s: &State) -> bool {
    match s.order.status {
        OrderStatus::Confirmed => !s.order.all_have_left() && s.order.due() > 0,
        OrderStatus::Shipped => s.order.all_have_left(),
        OrderStatus::Cancelled => s.order.which(|shipment| shipment.left) == 0,
        _ => false,
    }
}

fn within_captured(s: &State) -> bool {
    !s.has(Sin::RefundsExceed)
        && captured(&s.record).is_none_or(|taken| s.record.refunds.refunded() <= taken)
        && s.taken_there().is_none_or(|(taken, refunded)| refunded <= taken)
}

/// What is wrong once the faults stop. Asked only where no run is left: runs can be killed anywhere, so the state
/// without them is always among those that are checked.
fn at_rest(protocol: &Protocol, state: &State) -> Option<Unrest> {
    type Question = (Guards, Bounds, State);
    thread_local! {
        static LAST: Last<Question, Option<Unrest>> = const { Last::new() };
    }
    if state.runs.iter().any(|run| run.pc != Pc::Idle) {
        return None;
    }
    let Protocol { guards, bounds, .. } = *protocol;
    LAST.with(|last| last.or_find((guards, bounds, *state), || unrest(protocol, *state)))
}
