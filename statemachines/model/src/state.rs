//! What the tables, the gateway and the running functions hold at one moment.

mod packed;

use souk_domain::{order::OrderStatus, payment::PaymentState};

use crate::{
    bounds::{RUNS, SHIPS, SIDES},
    calls::InFlight,
    pc::Pc,
};

/// The whole state. It is small and holds no heap memory, as there are millions of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// The stock row that all compete for.
    pub row: Row,
    /// The checkouts with their reservations.
    pub holds: [Hold; SIDES],
    /// The orders, each with its payment and its runs.
    pub lanes: [Lane; SIDES],
    /// The order that has marked the cart's version.
    pub marker: Option<u8>,
    /// What was done that must never be done.
    pub sins: Sins,
}

/// A stock row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Units in the warehouse.
    pub quantity: i8,
    /// Of these, set aside.
    pub reserved: i8,
    /// The rest.
    pub available: i8,
}

/// A checkout and the units that are held for it: one unit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hold {
    /// The reservation's state.
    pub units: Units,
    /// The order that the reservation names.
    pub order: Option<u8>,
    /// The checkout's state.
    pub checkout: Checkout,
}

/// Where a reservation stands. `Returned` is `COMMITTED` with the mark `returned`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the protocol's own names")]
pub enum Units {
    Absent,
    Held,
    Committed,
    Returned,
    Released,
}

/// Where a checkout stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checkout {
    /// It can be ordered.
    Open,
    /// An order has consumed it.
    Consumed,
    /// The shopper gave it up.
    Abandoned,
}

/// One order with all that belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lane {
    /// The order, once it is placed.
    pub order: Option<Order>,
    /// The payment record, once there is one.
    pub record: Option<PaymentState>,
    /// True once the record holds the gateway's id.
    pub known: bool,
    /// The intent at the gateway.
    pub intent: Intent,
    /// True once the gateway has ever held this order's money.
    pub was_held: bool,
    /// How often it was refunded.
    pub refunds: u8,
    /// Calls that were sent, whose answer nobody waits for any more, and that may yet take effect.
    pub in_flight: InFlight,
    /// Saga runs that may still be started, where they are counted.
    pub starts: u8,
    /// True while the sweeper's list names a capture that has begun and not ended.
    pub noted: bool,
    /// True while the capture's idempotency key repeats a refusal.
    pub refusal_kept: bool,
    /// Where each run stands: those of the saga, then those that ship.
    pub runs: [Pc; RUNS + SHIPS],
}

/// An order's item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// The decision.
    pub status: OrderStatus,
    /// True while stock and money have not followed it.
    pub unsettled: bool,
    /// Its checkout and reservation.
    pub hold: u8,
}

/// Where an intent stands at the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// The gateway never heard of it.
    None,
    /// Created, not confirmed.
    Created,
    /// The shopper must act.
    RequiresAction,
    /// Declined; its secret can still be paid with another card.
    Declined,
    /// The money is held.
    Held,
    /// The hold ran out at the gateway.
    Lapsed,
    /// Given up: it can never be confirmed.
    Canceled,
    /// The money was taken.
    Captured,
    /// It was given back.
    Refunded,
}

/// Deeds that no table shows afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sins(u8);

/// A deed that no table shows afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sin {
    /// An order's status moved along an edge that is not one.
    IllegalEdge,
    /// An order that was answered with 201 was written over.
    OrderLost,
    /// A run stood before a confirmed order without units.
    StockLost,
    /// A run stepped back without any fault.
    WentBack,
}

impl Sins {
    /// Remembers one.
    pub fn commit(&mut self, sin: Sin) {
        self.0 |= 1 << sin as u8;
    }

    /// True where it was done.
    pub fn has(self, sin: Sin) -> bool {
        self.0 & (1 << sin as u8) != 0
    }
}

impl Lane {
    /// A lane in which nothing has happened.
    pub fn new(starts: u8) -> Self {
        Self {
            order: None,
            record: None,
            known: false,
            intent: Intent::None,
            was_held: false,
            refunds: 0,
            in_flight: InFlight::default(),
            starts,
            noted: false,
            refusal_kept: false,
            runs: [Pc::Idle; RUNS + SHIPS],
        }
    }

    /// The order's status.
    pub fn status(&self) -> Option<OrderStatus> {
        self.order.map(|order| order.status)
    }

    /// True while some run stands between two steps.
    pub fn is_running(&self) -> bool {
        self.runs.iter().any(|run| *run != Pc::Idle)
    }
}

impl Hold {
    /// A checkout that was not made yet.
    pub const NONE: Self = Self { units: Units::Absent, order: None, checkout: Checkout::Open };
}
