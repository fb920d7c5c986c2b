//! The invariants of the design, as the model can see them.

use souk_domain::{order::OrderStatus, payment::PaymentState};
use souk_exploration::Last;
use stateright::Property;

use crate::{
    bounds::{Bounds, Contest},
    guards::Guards,
    invariants::Invariant,
    protocol::Protocol,
    rest::{Unrest, unrest},
    state::{Intent, Lane, Sin, State, Units},
    steps::is_confirmed,
};

impl Invariant {
    /// The property for the checker.
    pub fn property(self) -> Property<Protocol> {
        match self {
            Self::I1RowArithmetic => Property::always("invariant_i1_row_arithmetic", |_, s| row_adds_up(s)),
            Self::I2UnitsConserved => Property::always("invariant_i2_units_conserved", units_conserved),
            Self::I3NoOversell => Property::always("invariant_i3_no_oversell", no_oversell),
            Self::I3NothingStrandedAtRest => {
                Property::always("invariant_i3_nothing_stranded_at_rest", |p, s| at_rest(p, s) != Some(Unrest::Units))
            }
            Self::I4OneOrder => Property::always("invariant_i4_one_order", one_order),
            Self::I5LegalEdges => {
                Property::always("invariant_i5_legal_edges", |_, s: &State| !s.sins.has(Sin::IllegalEdge))
            }
            Self::I6NoMoneyWithoutRecord => {
                Property::always("invariant_i6_no_money_without_record", |_, s| recorded(s))
            }
            Self::I6MoneyFollowsOrders => Property::always("invariant_i6_money_follows_orders", |_, s| paid(s)),
            Self::I6MoneyAtRest => {
                Property::always("invariant_i6_money_at_rest", |p, s| at_rest(p, s) != Some(Unrest::Money))
            }
            Self::I7SettlesAtRest => {
                Property::always("invariant_i7_settles_at_rest", |p, s| at_rest(p, s) != Some(Unrest::Order))
            }
            Self::I8RefundedOnce => Property::always("invariant_i8_refunded_once", |_, s: &State| {
                s.lanes.iter().all(|lane| lane.refunds <= 1)
            }),
            Self::I9NothingLost => {
                Property::always("invariant_i9_nothing_lost", |_, s: &State| !s.sins.has(Sin::OrderLost))
            }
            Self::CartMarkedAtRest => {
                Property::always("cart_marked_at_rest", |p, s| at_rest(p, s) != Some(Unrest::Cart))
            }
            Self::EveryRunEnds => Property::always("every_run_ends", |_, s: &State| !s.sins.has(Sin::WentBack)),
        }
    }
}

/// States that the model must reach, or it shows nothing.
pub(crate) fn reached(protocol: &Protocol) -> Vec<Property<Protocol>> {
    let mut reached = vec![
        Property::sometimes("an order is confirmed and settled", |_, s: &State| {
            s.lanes.iter().filter_map(|lane| lane.order).any(|o| o.status == OrderStatus::Confirmed && !o.unsettled)
        }),
        Property::sometimes("sold units came back", |_, s: &State| s.holds.iter().any(|h| h.units == Units::Returned)),
    ];
    if protocol.bounds.in_flight > 0 || protocol.bounds.at_once > 1 {
        reached.push(Property::sometimes("an intent is created behind a closed record", |_, s: &State| {
            let closed = |lane: &Lane| !lane.known && lane.record.is_some_and(PaymentState::is_fenced);
            s.lanes.iter().any(|lane| lane.intent == Intent::Created && closed(lane))
        }));
    }
    if protocol.bounds.shipping > 0 {
        reached.push(Property::sometimes("an order is shipped", |_, s: &State| {
            s.lanes.iter().any(|lane| lane.status() == Some(OrderStatus::Shipped))
        }));
        reached.push(Property::sometimes("captured money is refunded", |_, s: &State| {
            s.lanes.iter().any(|lane| lane.intent == Intent::Refunded)
        }));
    }
    if protocol.bounds.contest == Contest::OneUnit {
        reached.push(Property::sometimes("the unit is sold after another order gave it back", |_, s: &State| {
            s.lanes.iter().any(|lane| lane.status() == Some(OrderStatus::Cancelled))
                && s.holds.iter().any(|hold| hold.units == Units::Committed)
        }));
    }
    reached
}

/// I1.
fn row_adds_up(s: &State) -> bool {
    0 <= s.row.reserved && s.row.reserved <= s.row.quantity && s.row.available == s.row.quantity - s.row.reserved
}

/// I2, and I8 for stock: the row says what the reservations say, so no step of them took effect twice.
fn units_conserved(p: &Protocol, s: &State) -> bool {
    let count = |units| s.holds.iter().filter(|hold| hold.units == units).count() as i8;
    s.row.quantity == p.bounds.contest.units() - count(Units::Committed) && s.row.reserved == count(Units::Held)
}

/// I3: a confirmed order has its units, and units are sold to confirmed orders only (or are on their way back).
fn no_oversell(p: &Protocol, s: &State) -> bool {
    let confirmed = |number: usize| s.lanes[number].status().is_some_and(is_confirmed);
    let has_units = |number: usize| {
        let Some(order) = s.lanes[number].order else { return false };
        let hold = s.holds[usize::from(order.hold)];
        hold.order == Some(number as u8) && matches!(hold.units, Units::Held | Units::Committed)
    };
    let sold_rightly = |units: Units, order: Option<u8>| {
        units != Units::Committed
            || order.is_some_and(|o| s.lanes[usize::from(o)].status() != Some(OrderStatus::PendingPayment))
    };
    let orders = 0..s.lanes.len();
    orders.clone().filter(|number| confirmed(*number)).count() as i8 <= p.bounds.contest.units()
        && orders.clone().all(|number| !confirmed(number) || has_units(number))
        && s.holds.iter().all(|hold| sold_rightly(hold.units, hold.order))
        && !s.sins.has(Sin::StockLost)
}

/// I4: one order of a checkout, and one living order of a cart's version, which bears its mark.
fn one_order(p: &Protocol, s: &State) -> bool {
    let orders = s.lanes.iter().filter_map(|lane| lane.order);
    let alive = |number: usize| s.lanes[number].status().is_some_and(|status| status != OrderStatus::Cancelled);
    (0..s.holds.len()).all(|hold| orders.clone().filter(|order| usize::from(order.hold) == hold).count() <= 1)
        && (!p.bounds.contest.has_marker()
            || (0..s.lanes.len()).all(|number| !alive(number) || s.marker == Some(number as u8)))
}

/// I6: the gateway knows of nothing that Souk has no record of.
fn recorded(s: &State) -> bool {
    s.lanes.iter().all(|lane| lane.intent == Intent::None || lane.record.is_some())
}

/// I6: a confirmed order's money is held (unless the gateway let it go), a shipped order's is taken, and no other's.
fn paid(s: &State) -> bool {
    s.lanes.iter().all(|lane| match lane.status() {
        Some(OrderStatus::Confirmed) => matches!(lane.intent, Intent::Held | Intent::Lapsed | Intent::Captured),
        Some(OrderStatus::Shipped | OrderStatus::Delivered) => lane.intent == Intent::Captured,
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
