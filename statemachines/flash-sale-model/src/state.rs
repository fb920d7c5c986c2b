//! What the tables, the queue, the caches and the running functions hold at one moment.

mod packed;

use souk_domain::order::OrderStatus;

use crate::{
    bounds::{KEEPERS, REQUESTS, SHARDS, SHOPPERS, WORKERS},
    pc::Pc,
};

/// The whole state. It is small and holds no heap memory, as there are millions of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// The items that hold units and claims.
    pub shards: [Shard; SHARDS],
    /// What there is of each shopper.
    pub shoppers: [Shopper; SHOPPERS],
    /// The shards that the shared item calls empty, as a bit set. Its epoch is not a number here: all that is ever
    /// asked is whether it still is the one that was read, see [`View::current`].
    pub empty: u8,
    /// Where time stands.
    pub phase: Phase,
    /// True once the operator closes the sale.
    pub closing: bool,
    /// The requests of shoppers, each in an instance with its own cache.
    pub requests: [Request; REQUESTS],
    /// The workers behind the queue.
    pub workers: [Pc; WORKERS],
    /// The sweeper, the saga's releasing step, and the closing of the sale.
    pub keepers: [Pc; KEEPERS],
    /// What was done that must never be done.
    pub sins: Sins,
}

/// A shard's item, and what became of it in the inventory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// Units that can be claimed.
    pub left: i8,
    /// False once it is closed.
    pub open: bool,
    /// Units that closing took out, cumulatively.
    pub drained: i8,
    /// The claims, by shopper.
    pub claims: [Entry; SHOPPERS],
    /// What the inventory's record says came back from this shard.
    pub returned: i8,
    /// What really was added to the stock.
    pub credited: i8,
    /// True from a release until the shared item was told of it.
    pub owed: bool,
}

/// A shopper's entry in a shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the protocol's own names")]
pub enum Entry {
    Absent,
    Claimed,
    Returned,
}

/// What there is of one shopper outside the shards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shopper {
    /// The one order that a shopper can have in a sale.
    pub order: Option<Order>,
    /// True once a request was answered with 202.
    pub accepted: bool,
    /// True once the queue has lost a message of this shopper for good.
    pub unlucky: bool,
    /// The messages about this shopper, one for each shard. Copies are one: taking a message does not remove it, so
    /// it is delivered any number of times.
    pub messages: [Message; SHARDS],
}

/// An order of the sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// Where it stands.
    pub status: OrderStatus,
    /// The shard whose unit it has.
    pub shard: u8,
}

/// Where a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Message {
    None,
    Queued,
    InDeadLetterQueue,
}

/// Where time stands, as far as the sweeper may count on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Admissions are alive and requests run.
    Admitting,
    /// The grace time is over: every admission ran out, and with it every request.
    Grace,
    /// The hard deadline is over.
    Deadline,
}

/// What a request knows of the shared item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    /// The empty shards.
    pub empty: u8,
    /// True while the item's epoch still is the one that was read.
    pub current: bool,
}

/// A request and the instance that serves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    /// Where it stands.
    pub pc: Pc,
    /// The instance's cached view. It may be older than anything.
    pub view: View,
}

/// Deeds that no table shows afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sins(u8);

/// A deed that no table shows afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sin {
    /// An order was written over.
    OrderLost,
    /// An accepted intent was ended though its message was safe and the deadline was far.
    ExpiredUnduly,
    /// Stock that had come back was taken away again.
    CreditTakenBack,
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

impl State {
    /// Before the first claim.
    pub fn new(units: [i8; SHARDS]) -> Self {
        let shard = |left| Shard {
            left,
            open: true,
            drained: 0,
            claims: [Entry::Absent; SHOPPERS],
            returned: 0,
            credited: 0,
            owed: false,
        };
        let shopper = Shopper { order: None, accepted: false, unlucky: false, messages: [Message::None; SHARDS] };
        Self {
            shards: units.map(shard),
            shoppers: [shopper; SHOPPERS],
            empty: 0,
            phase: Phase::Admitting,
            closing: false,
            requests: [Request { pc: Pc::Idle, view: View { empty: 0, current: true } }; REQUESTS],
            workers: [Pc::Idle; WORKERS],
            keepers: [Pc::Idle; KEEPERS],
            sins: Sins::default(),
        }
    }

    /// True while some run stands between two steps.
    pub fn is_running(&self) -> bool {
        let requests = self.requests.iter().map(|request| request.pc);
        requests.chain(self.workers).chain(self.keepers).any(|pc| pc != Pc::Idle)
    }

    /// The shopper's order, where it is not cancelled.
    pub fn living_order(&self, shopper: usize) -> Option<Order> {
        self.shoppers[shopper].order.filter(|order| order.status != OrderStatus::Cancelled)
    }
}
