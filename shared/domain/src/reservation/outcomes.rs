use jiff::Timestamp;

use crate::ids::OrderId;

/// How attaching an order ended (step S1).
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum AttachOutcome {
    /// The units are held for this order, until its `pay_by`.
    Attached,
    /// They have left for this order already: go on.
    Committed,
    /// They went back before there was an order. The same reservation is never taken up again.
    Released,
    /// Its time had passed.
    Expired,
    /// Another order has them.
    OtherOrder(OrderId),
    /// There is no such reservation.
    Absent,
}

/// How committing ended (step S4).
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum CommitOutcome {
    /// The units have left for this order, now or earlier.
    Committed,
    /// They were committed and have come back: the order is cancelled.
    Returned,
    /// They are for sale again: the order must be cancelled.
    Released,
    /// They are held, but not for this order. Nobody who follows the protocol sees this.
    NotAttached,
    /// Another order has them. Nobody who follows the protocol sees this.
    OtherOrder(OrderId),
    /// There is no such reservation. Nobody who follows the protocol sees this.
    Absent,
}

/// How a cancelled order's release ended (step F3).
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum ReleaseOutcome {
    /// The held units are for sale again, now or earlier.
    Released,
    /// The units that had left have come back, now or earlier.
    Returned,
    /// They are held for a checkout that is not this order's.
    NotAttached,
    /// Another order has them.
    OtherOrder(OrderId),
    /// There is no such reservation: nothing is held.
    Absent,
}

/// How the timer's release ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum ExpireOutcome {
    /// No order came: the units are for sale again, now or earlier.
    Released,
    /// An order has the units and its time is over: cancel the order first, never release directly.
    Ordered(OrderId),
    /// The time is not over yet; attaching an order extends it.
    NotYet(Timestamp),
    /// The units have left for a confirmed order.
    Committed,
    /// There is no such reservation.
    Absent,
}

/// How giving a checkout's units back ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum AbandonOutcome {
    /// The units are for sale again, now or earlier.
    Released,
    /// An order has them.
    Ordered(OrderId),
    /// There is no such reservation.
    Absent,
}
