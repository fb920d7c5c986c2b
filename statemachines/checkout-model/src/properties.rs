//! What must hold in every state.

use souk_domain::{order::OrderStatus, payment::PaymentState};
use souk_exploration::Last;
use stateright::Property;

use crate::{
    Protocol,
    bounds::{Bounds, Plan, ROWS},
    guards::Guards,
    rest::{Unrest, unrest},
    state::{Checkout, Entry, Intent, Lane, Renewal, Sin, State, is_confirmed},
};

/// A property that must always hold. Those "at rest" are about what remains once the faults stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invariant {
    /// I1: a row's available units are those that nobody holds.
    I1RowArithmetic,
    /// I2: what was supplied is there or sold.
    I2UnitsConserved,
    /// I3: a confirmed order has its units, and no other has sold ones.
    I3NoOversell,
    /// I3: nothing is stranded.
    I3NothingStrandedAtRest,
    /// I3: a cancelled order's units come back whatever the gateway does.
    I3BackDespiteOutage,
    /// I5: statuses take legal edges.
    I5LegalEdges,
    /// I6: the gateway knows of nothing that Souk has no record of.
    I6NoMoneyWithoutRecord,
    /// I6: money follows the order.
    I6MoneyFollowsOrders,
    /// I6: none is left to a cancelled order.
    I6MoneyAtRest,
    /// I7: everything ends.
    I7SettlesAtRest,
    /// I8: nothing is refunded twice.
    I8RefundedOnce,
    /// I9: what was answered with 201 is there, with its units, until somebody cancels it.
    I9NothingLost,
    /// A paid order is not cancelled by a clock, nor by another run.
    PaidIsNotCancelled,
    /// What is paid has its units: it can always go on.
    PaidHasUnits,
    /// Nobody hears "sold out" because of their own hold, or loses a newer checkout to an older one's request.
    NobodyCompetesWithThemself,
    /// Rows forget what is over.
    RowsForgetAtRest,
}

impl Invariant {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::I1RowArithmetic,
        Self::I2UnitsConserved,
        Self::I3NoOversell,
        Self::I3NothingStrandedAtRest,
        Self::I3BackDespiteOutage,
        Self::I5LegalEdges,
        Self::I6NoMoneyWithoutRecord,
        Self::I6MoneyFollowsOrders,
        Self::I6MoneyAtRest,
        Self::I7SettlesAtRest,
        Self::I8RefundedOnce,
        Self::I9NothingLost,
        Self::PaidIsNotCancelled,
        Self::PaidHasUnits,
        Self::NobodyCompetesWithThemself,
        Self::RowsForgetAtRest,
    ];

    /// The property for the checker.
    pub fn property(self) -> Property<Protocol> {
        let always = Property::always;
        match self {
            Self::I1RowArithmetic => always("invariant_i1_row_arithmetic", |_, s| rows_add_up(s)),
            Self::I2UnitsConserved => always("invariant_i2_units_conserved", |_, s| units_conserved(s)),
            Self::I3NoOversell => always("invariant_i3_no_oversell", no_oversell),
            Self::I3NothingStrandedAtRest => {
                always("invariant_i3_nothing_stranded_at_rest", |p, s| at_rest(p, s) != Some(Unrest::Units))
            }
            Self::I3BackDespiteOutage => {
                always("invariant_i3_back_despite_outage", |p, s| at_rest(p, s) != Some(Unrest::Outage))
            }
            Self::I5LegalEdges => always("invariant_i5_legal_edges", |_, s: &State| !s.has(Sin::IllegalEdge)),
            Self::I6NoMoneyWithoutRecord => always("invariant_i6_no_money_without_record", |_, s: &State| {
                s.lanes.iter().all(|lane| lane.intent == Intent::None || lane.record.is_some())
            }),
            Self::I6MoneyFollowsOrders => always("invariant_i6_money_follows_orders", |_, s| paid(s)),
            Self::I6MoneyAtRest => always("invariant_i6_money_at_rest", |p, s| at_rest(p, s) != Some(Unrest::Money)),
            Self::I7SettlesAtRest => {
                always("invariant_i7_settles_at_rest", |p, s| at_rest(p, s) != Some(Unrest::Order))
            }
            Self::I8RefundedOnce => {
                always("invariant_i8_refunded_once", |_, s: &State| s.lanes.iter().all(|lane| lane.refunds <= 1))
            }
            Self::I9NothingLost => {
                always("invariant_i9_nothing_lost", |_, s: &State| !s.has(Sin::OrderLost) && !s.has(Sin::HeldLost))
            }
            Self::PaidIsNotCancelled => always("paid_is_not_cancelled", |_, s: &State| !s.has(Sin::PaidCancelled)),
            Self::PaidHasUnits => always("paid_has_units", |p: &Protocol, s: &State| {
                (0..p.bounds.plans.len()).all(|number| {
                    let lane = &s.lanes[number];
                    let waits = lane.status() == Some(OrderStatus::PendingPayment);
                    let paid = lane.record.is_some_and(PaymentState::is_authorized);
                    !waits || !paid || has_units(p, s, number)
                })
            }),
            Self::NobodyCompetesWithThemself => always("nobody_competes_with_themself", |_, s: &State| {
                !s.has(Sin::SoldOutByOwn) && !s.has(Sin::NewerClosed)
            }),
            Self::RowsForgetAtRest => always("rows_forget_at_rest", |p, s| at_rest(p, s) != Some(Unrest::Marks)),
        }
    }
}

/// States that the model must reach, or it shows nothing.
pub(crate) fn reached(protocol: &Protocol) -> Vec<Property<Protocol>> {
    let Bounds { orders, same_shopper, ships, ages, plans, another_card, renews, .. } = protocol.bounds;
    let mut reached = vec![Property::sometimes("a row has forgotten a checkout that was given up", |_, s: &State| {
        s.lanes[0].checkout == Checkout::Forgotten && s.rows.iter().all(|row| row.entries[0] == Entry::Absent)
    })];
    if orders.contains(&0) {
        return reached;
    }
    reached.extend([
        Property::sometimes("an order is confirmed and settled, and its row has forgotten it", |_, s: &State| {
            s.lanes[0].order.is_some_and(|order| order.status == OrderStatus::Confirmed && !order.unsettled)
                && s.rows.iter().all(|row| row.entries[0] == Entry::Absent)
        }),
        Property::sometimes("sold units came back without their mark", |_, s: &State| {
            s.lanes.iter().filter_map(|lane| lane.order).any(|order| order.returned != 0)
        }),
        Property::sometimes("a cancelled order is settled", |_, s: &State| {
            s.lanes[0].order.is_some_and(|order| order.status == OrderStatus::Cancelled && !order.unsettled)
        }),
    ]);
    if plans.len() > 1 {
        reached.push(Property::sometimes("the second is ordered after the first was closed", |_, s: &State| {
            s.lanes[0].checkout == Checkout::Closed && s.lanes[1].status() == Some(OrderStatus::Confirmed)
        }));
    }
    if same_shopper {
        reached.push(Property::sometimes("both are sold, one after the other", |_, s: &State| {
            s.lanes[0].status() == Some(OrderStatus::Cancelled) && s.lanes[1].status() == Some(OrderStatus::Confirmed)
        }));
    }
    if matches!(plans, [Plan::Spread(_), ..]) {
        reached.push(Property::sometimes("an order's units came from two rows", |_, s: &State| {
            s.lanes[0].sold.iter().all(|sold| *sold > 0)
        }));
    }
    if ships {
        reached.push(Property::sometimes("an order is shipped", |_, s: &State| {
            s.lanes[0].status() == Some(OrderStatus::Shipped)
        }));
    }
    if ships && ages {
        reached.push(Property::sometimes("a refund has failed, and the order is settled", |_, s: &State| {
            s.lanes[0].intent == Intent::RefundFailed && s.lanes[0].order.is_some_and(|order| !order.unsettled)
        }));
    }
    if renews {
        reached.push(Property::sometimes("an order was shipped on its second authorisation", |_, s: &State| {
            s.lanes[0].renewals == 0 && s.lanes[0].renewal == Renewal::Old && s.lanes[0].intent == Intent::Captured
        }));
    }
    if another_card {
        reached.push(Property::sometimes("another card has paid", |_, s: &State| {
            !s.lanes[0].another_card && s.lanes[0].status() == Some(OrderStatus::Confirmed)
        }));
    }
    reached
}

/// I1.
fn rows_add_up(s: &State) -> bool {
    s.rows.iter().all(|row| {
        let held: u8 = row.entries.iter().map(|entry| entry.held()).sum();
        row.available == row.quantity - held.cast_signed() && row.available >= 0
    })
}

/// I2, and I8 for stock: no step took effect twice.
fn units_conserved(s: &State) -> bool {
    (0..ROWS).all(|row| {
        let sold: u8 = s.lanes.iter().map(|lane| lane.sold[row]).sum();
        s.rows[row].quantity == s.rows[row].supplied - sold.cast_signed()
    })
}

/// I3.
fn no_oversell(p: &Protocol, s: &State) -> bool {
    (0..p.bounds.plans.len()).all(|number| {
        let lane = &s.lanes[number];
        let confirmed = lane.status().is_some_and(is_confirmed);
        let once_confirmed = lane.order.is_some_and(|order| order.confirmed);
        (!confirmed || has_units(p, s, number)) && (once_confirmed || lane.sold == [0; ROWS])
    })
}

/// What was wanted is held or sold, and no more.
fn has_units(p: &Protocol, s: &State, number: usize) -> bool {
    let has = |row: usize| s.lanes[number].sold[row] + s.rows[row].entries[number].held();
    match p.bounds.plans[number] {
        Plan::Lines(lines) => (0..ROWS).all(|row| has(row) == lines[row]),
        Plan::Spread(units) => (0..ROWS).map(has).sum::<u8>() == units,
    }
}

/// I6: a confirmed order's money is held (unless the gateway let it go), a shipped order's is taken, and no other's.
fn paid(s: &State) -> bool {
    s.lanes.iter().all(|lane| match lane.status() {
        Some(OrderStatus::Confirmed) => matches!(lane.intent, Intent::Held | Intent::Lapsed | Intent::Captured),
        Some(OrderStatus::Shipped | OrderStatus::Delivered) => {
            lane.intent == Intent::Captured && lane.record == Some(PaymentState::Captured)
        }
        Some(OrderStatus::PendingPayment) | None => lane.intent != Intent::Captured,
        Some(OrderStatus::Cancelled) => true,
    })
}

/// What is wrong once the faults stop. Asked only where no run is left: runs can be killed anywhere, so the state
/// without them is always among those that are checked.
fn at_rest(protocol: &Protocol, state: &State) -> Option<Unrest> {
    type Question = (Guards, Bounds, State);
    thread_local! {
        static LAST: Last<Question, Option<Unrest>> = const { Last::new() };
    }
    if state.lanes.iter().any(Lane::is_running) {
        return None;
    }
    let Protocol { guards, bounds, .. } = *protocol;
    LAST.with(|last| last.or_find((guards, bounds, *state), || unrest(protocol, *state)))
}
