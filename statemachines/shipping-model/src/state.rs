//! What the tables, the gateway and the running functions hold at one moment.

use souk_domain::{order::OrderStatus, payment::PaymentState};

use crate::{
    bounds::{RUNS, WAREHOUSES},
    refunds::Refunds,
};

/// The whole state. It is small and holds no heap memory, as there are millions of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct State {
    /// The order's item.
    pub order: Order,
    /// The payment's record.
    pub record: Record,
    /// The gateway.
    pub gateway: Gateway,
    /// The units that a cancellation brought back to stock.
    pub returned: Option<u8>,
    /// The shortages whose event was not taken from its queue: one bit each.
    pub events: u8,
    /// The running functions.
    pub runs: [Run; RUNS],
    /// What was done that must never be done: one bit a [`Sin`].
    pub sins: u16,
}

/// The order's item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Order {
    /// The decision.
    pub status: OrderStatus,
    /// True while stock and money have not followed it.
    pub unsettled: bool,
    /// What leaves from where.
    pub shipments: [Shipment; WAREHOUSES],
}

/// What leaves from one warehouse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Shipment {
    /// How many units are to leave, or have left.
    pub units: u8,
    /// How many were not there.
    pub missing: u8,
    /// The order says that it is packed.
    pub packed: bool,
    /// The boxes are packed, whatever the order says.
    pub boxed: bool,
    /// The calls that want it to leave: one bit each, and one ([`Shipment::DEAD`]) for calls that are over.
    pub leaving: u8,
    /// Nobody wants it to leave any more: each who did has heard that it stays.
    pub told_to_stay: bool,
    /// It has left.
    pub left: bool,
}

/// The payment's record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Record {
    /// Where it stands.
    pub state: PaymentState,
    /// How much the present claim takes.
    pub claimed: u8,
    /// How much was taken.
    pub captured: u8,
    /// What goes back of it.
    pub refunds: Refunds,
    /// True while the sweeper's list names a capture.
    pub noted: bool,
}

/// The gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Gateway {
    /// The intent.
    pub intent: Intent,
    /// Its refunds.
    pub refunds: Refunds,
    /// The refunds whose idempotency key it still remembers: one bit each.
    pub keys: u8,
    /// True while the capture's key repeats a refusal.
    pub refusal_kept: bool,
    /// A capture is on its way for which nobody waits.
    pub late_capture: bool,
}

/// Where the intent stands at the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Intent {
    /// The money is held.
    Held,
    /// The hold ran out.
    Lapsed,
    /// The hold was given up.
    Canceled,
    /// So much was taken, and the rest of the hold is gone.
    Captured(u8),
}

/// A running function, with what it has read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Run {
    /// The step that comes next.
    pub pc: Pc,
    /// The warehouses whose parcels it is about, or the number of an event.
    pub of: u8,
    /// The money that it is about: what was due when the order was read, or what was captured.
    pub money: u8,
    /// No write of the record came after it was read.
    pub fresh: bool,
    /// The record's refunds when it was read.
    pub read: Refunds,
    /// The gateway's refunds when they were listed.
    pub told: Refunds,
    /// The refunds that the gateway would not make: one bit each.
    pub refused: u8,
    /// Those that it made.
    pub made: u8,
}

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Pc {
    /// There is no run here.
    Idle,
    /// Ship 1: claim the money.
    Claim,
    /// Ship 1, resumed: go on with the claim that stands.
    FindClaim,
    /// Ship 2: capture at the gateway.
    Capture,
    /// Ship 2: ask the gateway.
    AskCapture,
    /// Ship 2: ask the gateway, for an attempt that another one has followed.
    AskOutdated,
    /// Ship 2: keep what was captured.
    KeepCaptured,
    /// Ship 2, refused though the money is held: the claim is given back.
    KeepRefused,
    /// Ship 2, the same for an attempt that another one has followed.
    KeepOutdated,
    /// The parcels stay, and whoever called hears that.
    Stay,
    /// The authorisation has lapsed: cancel the order.
    CancelLapsed,
    /// Ship 3: the parcels leave.
    Leave,
    /// Short 4, after ship 3; whether anything else is leaving was seen in the order.
    Shortfall(bool),
    /// The sweeper need not resume this; whether all that was to leave has left.
    EndCapture(bool),
    /// Short 4, for the order's event.
    EventShortfall,
    /// The event is taken from its queue.
    TakeEvent,
    /// F2a: fence the record.
    Fence,
    /// F2b: cancel at the gateway.
    CancelIntent,
    /// F2b, refused: ask the gateway.
    AskRefusal,
    /// F2b: list the refunds.
    ListTaken,
    /// F2b: refund what is left.
    RefundRest,
    /// F2b: list the refunds again.
    ListAgain,
    /// F2c: nothing is held.
    KeepVoided,
    /// F2c: keep what went back.
    KeepGivenBack,
    /// F3: the units come back.
    Return,
    /// F4: settle the cancelled order.
    Settle,
    /// Refund 2: list the gateway's refunds.
    List,
    /// Refund 2: make what is wanted and not there, one by one.
    Make,
    /// Refund 3: what the gateway has is so.
    Learn,
}

/// A deed that no table shows afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sin {
    /// Goods left whose money was not taken.
    LeftUnpaid,
    /// Goods left of an order that was cancelled, or one was cancelled of which goods had left.
    LeftCancelled,
    /// Goods left of which somebody had heard that they stay.
    LeftThoughToldToStay,
    /// A customer cancelled what was packed.
    CancelledPacked,
    /// One refund was made twice.
    RefundedTwice,
    /// Units came back twice.
    ReturnedTwice,
    /// The record's refunds exceeded what was captured, or something was refunded of what was not.
    RefundsExceed,
    /// Units were missed of what was packed or had left.
    MissedPacked,
    /// Parcels left twice.
    LeftTwice,
    /// A refund that was written down is not any more.
    RefundForgotten,
}

impl Shipment {
    /// The mark of calls that are over.
    pub const DEAD: u8 = 1 << RUNS;

    fn new(units: u8) -> Self {
        Self { units, missing: 0, packed: false, boxed: false, leaving: 0, told_to_stay: false, left: false }
    }
}

impl Run {
    /// The sweeper's: all that is about to leave.
    pub const WHATEVER_LEAVES: u8 = 1 << WAREHOUSES;
    /// No run.
    pub const IDLE: Self = Self {
        pc: Pc::Idle,
        of: 0,
        money: 0,
        fresh: false,
        read: Refunds::EMPTY,
        told: Refunds::EMPTY,
        refused: 0,
        made: 0,
    };
}

impl Order {
    /// True once a parcel has left.
    pub fn has_departed(&self) -> bool {
        self.status == OrderStatus::Shipped || self.shipments.iter().any(|shipment| shipment.left)
    }

    /// What is to be paid: one for each unit that is not missing.
    pub fn due(&self) -> u8 {
        self.shipments.iter().map(|shipment| shipment.units).sum()
    }

    /// What turned out to be missing.
    pub fn missing(&self) -> u8 {
        self.shipments.iter().map(|shipment| shipment.missing).sum()
    }

    /// All that is to leave has left.
    pub fn all_have_left(&self) -> bool {
        let mut filled = self.shipments.iter().filter(|shipment| shipment.units > 0).peekable();
        filled.peek().is_some() && filled.all(|shipment| shipment.left)
    }

    /// The warehouses of which this is true: one bit each.
    pub fn which(&self, is: impl Fn(&Shipment) -> bool) -> u8 {
        (0..).zip(&self.shipments).filter(|(_, shipment)| is(shipment)).map(|(number, _)| 1 << number).sum()
    }
}

impl State {
    /// A confirmed and settled order whose money is held.
    pub fn new(units: [u8; WAREHOUSES]) -> Self {
        Self {
            order: Order { status: OrderStatus::Confirmed, unsettled: false, shipments: units.map(Shipment::new) },
            record: Record {
                state: PaymentState::Authorized,
                claimed: 0,
                captured: 0,
                refunds: Refunds::EMPTY,
                noted: false,
            },
            gateway: Gateway {
                intent: Intent::Held,
                refunds: Refunds::EMPTY,
                keys: 0,
                refusal_kept: false,
                late_capture: false,
            },
            returned: None,
            events: 0,
            runs: [Run::IDLE; RUNS],
            sins: 0,
        }
    }

    /// Which run stands where does not matter: they are told apart by what they do.
    pub fn sort_runs(&mut self) {
        let mut order = [0, 1, 2];
        order.sort_by_key(|slot| std::cmp::Reverse(self.rank(*slot)));
        if order == [0, 1, 2] {
            return;
        }
        let before = *self;
        for (to, from) in order.into_iter().enumerate() {
            self.runs[to] = before.runs[from];
        }
        for shipment in &mut self.order.shipments {
            let moved = (0..).zip(order).filter(|(_, from)| shipment.leaving & (1 << from) != 0);
            shipment.leaving = shipment.leaving & Shipment::DEAD | moved.map(|(to, _)| 1 << to).sum::<u8>();
        }
    }

    /// Idle runs come last; those that are alike are told apart by what they want to leave.
    fn rank(&self, slot: usize) -> (Run, u8) {
        (self.runs[slot], self.order.which(|shipment| shipment.leaving & (1 << slot) != 0))
    }

    /// Remembers a deed.
    pub fn sin(&mut self, sin: Sin) {
        self.sins |= 1 << sin as u8;
    }

    /// True where it was done.
    pub fn has(&self, sin: Sin) -> bool {
        self.sins & (1 << sin as u8) != 0
    }

    /// What was taken and what went back, at the gateway.
    pub fn taken_there(&self) -> Option<(u8, u8)> {
        match self.gateway.intent {
            Intent::Captured(captured) => Some((captured, self.gateway.refunds.refunded())),
            _ => None,
        }
    }
}
