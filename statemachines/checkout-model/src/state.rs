//! What the tables, the gateway and the running functions hold at one moment.

use souk_domain::{order::OrderStatus, payment::PaymentState};

use crate::bounds::{LANES, ROWS, RUNS};

/// The whole state. It is small and holds no heap memory, as there are millions of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct State {
    /// The rows of stock.
    pub rows: [Row; ROWS],
    /// The checkouts, each with all that bears its id. The first is the older one.
    pub lanes: [Lane; LANES],
    /// An operator's count of the first row that is on its way: quantity and available as they were seen, and whether
    /// the row was not written since.
    pub count: Option<(i8, i8, bool)>,
    /// The operator may still adjust, and count.
    pub operator_left: (bool, bool),
    /// What was done that must never be done: one bit a [`Sin`].
    pub sins: u16,
}

/// A row of stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Row {
    /// Units in the warehouse.
    pub quantity: i8,
    /// Of these, for sale.
    pub available: i8,
    /// What it began with, and what an operator added or took.
    pub supplied: i8,
    /// What it remembers of each checkout.
    pub entries: [Entry; LANES],
}

/// What a row remembers of a checkout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Entry {
    /// Nothing.
    Absent,
    /// So many units are held; none where the row was passed on the way to the next.
    Held(u8),
    /// A mark: so many were sold.
    Sold(u8),
    /// A mark: nothing is held, and nothing may be.
    Released,
}

/// A checkout's item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Checkout {
    /// Nobody wrote it.
    None,
    /// It decides over its holds.
    Open,
    /// An order has it.
    Ordered,
    /// It was given up, replaced, sold out or its time was over.
    Closed,
    /// It is gone, a day later.
    Forgotten,
}

/// All that bears one checkout's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Lane {
    /// The checkout.
    pub checkout: Checkout,
    /// The order.
    pub order: Option<Order>,
    /// The payment's record.
    pub record: Option<PaymentState>,
    /// True once the record holds the gateway's id.
    pub known: bool,
    /// True while the sweeper's list names a capture.
    pub noted: bool,
    /// The intent at the gateway.
    pub intent: Intent,
    /// A renewal of the authorisation, as the record has it, and the sweeper's list.
    pub renewal: Renewal,
    /// How often it may still be renewed.
    pub renewals: u8,
    /// The intent on which the record does not stand: the new one, and after the swap the old one.
    pub other: Intent,
    /// A second hold, which only exists where another card makes an intent of its own.
    pub other_held: bool,
    /// The card may still be replaced.
    pub another_card: bool,
    /// Calls on their way for which nobody waits: one bit a [`Call`].
    pub late: u8,
    /// How often it was refunded.
    pub refunds: u8,
    /// Requests for the checkout, and for its order, that may still come.
    pub requests: (u8, u8),
    /// The checkout's timer has ended.
    pub timer_over: bool,
    /// Units of each row that have left for it and not come back: what is true, whatever the tables say.
    pub sold: [u8; ROWS],
    /// Its running functions.
    pub runs: [Run; RUNS],
}

/// An order's item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Order {
    /// The decision.
    pub status: OrderStatus,
    /// True while stock and money have not followed it.
    pub unsettled: bool,
    /// It was confirmed once.
    pub confirmed: bool,
    /// What left from where, once it is settled.
    pub units: Option<[u8; ROWS]>,
    /// The rows of which units came back by the transaction: one bit each.
    pub returned: u8,
    /// Stock is back.
    pub stock_back: bool,
}

/// Where an intent stands at the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Intent {
    /// The gateway never heard of it.
    None,
    /// Created, not confirmed.
    Created,
    /// Declined; another card can pay it.
    Declined,
    /// The money is held.
    Held,
    /// The hold ran out.
    Lapsed,
    /// Given up.
    Canceled,
    /// The money was taken.
    Captured,
    /// It was given back.
    Refunded,
    /// It should have gone back, and the bank refused.
    RefundFailed,
}

/// Where the renewal of an authorisation stands in the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Renewal {
    /// There is none.
    None,
    /// It is wanted.
    Wanted,
    /// The new intent's id is known.
    Known,
    /// The record names the intent on which it does not stand, and which goes.
    Old,
}

/// The calls that change something at the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the gateway's own names")]
pub enum Call {
    Create,
    Confirm,
    Cancel,
    Capture,
    Refund,
}

impl Call {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Create, Self::Confirm, Self::Cancel, Self::Capture, Self::Refund];
}

/// A running function, with what it has read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Run {
    /// The step that comes next.
    pub pc: Pc,
    /// The row that it is about.
    pub row: u8,
    /// Units that it has found or put into rows, each.
    pub got: [u8; ROWS],
    /// A decision over this checkout came after the time that the run took.
    pub outdated: bool,
    /// The rows whose floor is above that time: one bit each.
    pub below_floor: u8,
    /// The shopper's older checkout is ordered: this one is on its own.
    pub alone: bool,
}

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Pc {
    /// There is no run here.
    Idle,
    /// P1: write the checkout, or find it.
    Put,
    /// Only where `TimeBeforeRead` is off: the time is taken now.
    TakeTime,
    /// P3: close the checkout that this one replaces.
    Replace,
    /// P2: hold in a row.
    Hold,
    /// P3: close the shopper's own older checkout, for its units.
    CloseOlder,
    /// P4: take its units over.
    TakeOver,
    /// P5: close the checkout, which is sold out.
    CloseSoldOut,
    /// Only where `CheckoutFirst` is off: P1 after the holds.
    PutLate,
    /// O1: attach.
    Attach,
    /// O2: write the order.
    PutOrder,
    /// T1: close.
    CloseInTime,
    /// T2: release in a row.
    Release,
    /// T3: write the order that is missing, cancelled.
    PutCancelled,
    /// S0: read the order.
    Read,
    /// Only where `TimeBeforeRead` is off: the time is taken now.
    TakeTimeLate,
    /// S1: hold in a row what is not held.
    Ensure,
    /// S2 in one step.
    Authorize,
    /// S2a: the record.
    OpenRecord,
    /// S2b: create.
    Create,
    /// S2c: keep the id.
    KeepId,
    /// S2d: confirm.
    Confirm,
    /// S2d: ask.
    Ask,
    /// S0, past its time: ask whether the money is held.
    AskOverdue,
    /// S2e: authorised.
    KeepAuthorized,
    /// S2e: declined.
    KeepDeclined,
    /// S3: confirm the order.
    Decide,
    /// S4: sell in a row.
    Commit,
    /// S5: settle.
    Settle,
    /// F0: fence the record, for the saga.
    FenceFirst,
    /// F1: cancel.
    Cancel,
    /// F2a: fence the record of a cancelled order.
    Fence,
    /// F3: give back in a row.
    GiveBack,
    /// F3d: say that stock is back.
    SayBack,
    /// F2b: cancel at the gateway.
    CancelIntent,
    /// F2b: ask why it would not.
    AskRefusal,
    /// F2b: refund.
    Refund,
    /// F2c: nothing is held.
    KeepVoided,
    /// F2c: it was refunded.
    KeepRefunded,
    /// F4: settle.
    SettleBack,
    /// Ship: read the order.
    ShipRead,
    /// Ship 1: claim.
    Claim,
    /// Ship 2: capture.
    Capture,
    /// Ship 2: ask.
    AskCapture,
    /// Ship 2: keep that it was captured.
    KeepCaptured,
    /// Ship 3.
    Ship,
    /// The hold is gone: cancel.
    CancelLapsed,
    /// The note goes.
    EndCapture,
    /// R0: read.
    RenewRead,
    /// R1: want another authorisation.
    RenewWant,
    /// R2: create its intent.
    RenewCreate,
    /// R2: the gateway makes no intent of it.
    RenewDrop,
    /// R3: keep its id.
    RenewKeep,
    /// R4: confirm.
    RenewConfirm,
    /// R5: stand on it.
    RenewSwap,
    /// R6: never stand on it.
    RenewGiveUp,
    /// R6: cancel the other one.
    RenewCancel,
    /// R7: forget it.
    RenewForget,
    /// F2b: cancel the intent of a renewal.
    CancelOther,
    /// Collect: take a mark of a sale away.
    CollectSold,
    /// Collect: take a mark of a release away.
    CollectReleased,
}

/// A deed that no table shows afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sin {
    /// A shopper heard "sold out" because of their own hold.
    SoldOutByOwn,
    /// A hold was released that an order had, which nobody had cancelled.
    HeldLost,
    /// The saga cancelled an order whose money was authorised.
    PaidCancelled,
    /// A decision was made twice, or a status took an edge that is none.
    IllegalEdge,
    /// A newer checkout was closed by an older one's request.
    NewerClosed,
    /// An order that was answered with 201 was written over.
    OrderLost,
}

impl Run {
    /// No run.
    pub const IDLE: Self = Self { pc: Pc::Idle, row: 0, got: [0; ROWS], outdated: false, below_floor: 0, alone: false };

    /// A run that begins here.
    pub fn at(pc: Pc) -> Self {
        Self { pc, ..Self::IDLE }
    }
}

impl Lane {
    /// Nothing has happened.
    pub fn new(requests: (u8, u8), another_card: bool, renewals: u8) -> Self {
        Self {
            checkout: Checkout::None,
            order: None,
            record: None,
            known: false,
            noted: false,
            intent: Intent::None,
            renewal: Renewal::None,
            renewals,
            other: Intent::None,
            other_held: false,
            another_card,
            late: 0,
            refunds: 0,
            requests,
            timer_over: false,
            sold: [0; ROWS],
            runs: [Run::IDLE; RUNS],
        }
    }

    /// The order's status.
    pub fn status(&self) -> Option<OrderStatus> {
        self.order.map(|order| order.status)
    }

    /// True while some run stands between two steps.
    pub fn is_running(&self) -> bool {
        self.runs.iter().any(|run| run.pc != Pc::Idle)
    }

    /// A decision over the checkout: whoever took its time before is outdated.
    pub fn decided(&mut self) {
        for run in &mut self.runs {
            run.outdated = run.pc != Pc::Idle;
        }
    }
}

impl Entry {
    /// What is held by it.
    pub fn held(self) -> u8 {
        if let Self::Held(units) = self { units } else { 0 }
    }

    /// True for a mark.
    pub fn is_mark(self) -> bool {
        matches!(self, Self::Sold(_) | Self::Released)
    }
}

impl State {
    /// Remembers a deed.
    pub fn sin(&mut self, sin: Sin) {
        self.sins |= 1 << sin as u8;
    }

    /// True where it was done.
    pub fn has(&self, sin: Sin) -> bool {
        self.sins & (1 << sin as u8) != 0
    }
}

/// True where the order is confirmed or later.
pub fn is_confirmed(status: OrderStatus) -> bool {
    matches!(status, OrderStatus::Confirmed | OrderStatus::Shipped | OrderStatus::Delivered)
}

impl Run {
    /// What no later step of this run looks at: forgotten, so that states are alike that are.
    pub fn forget_what_is_over(&mut self) {
        let holds = matches!(
            self.pc,
            Pc::TakeTime | Pc::Replace | Pc::Hold | Pc::CloseOlder | Pc::TakeOver | Pc::TakeTimeLate | Pc::Ensure
        );
        let has_row =
            holds || matches!(self.pc, Pc::Release | Pc::Commit | Pc::GiveBack | Pc::CollectSold | Pc::CollectReleased);
        let adds_up = holds || matches!(self.pc, Pc::Commit | Pc::Settle);
        if !holds {
            (self.outdated, self.below_floor) = (false, 0);
            self.alone &= self.pc == Pc::Decide;
        }
        if !has_row {
            self.row = 0;
        }
        if !adds_up {
            self.got = [0; ROWS];
        }
    }
}
