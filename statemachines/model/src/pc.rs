//! Where a run can stand.

use crate::calls::Call;

/// Where a run stands: the step that comes next, with what it has read.
///
/// The order of the variants is the order of the protocol: without faults a run only goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pc {
    /// There is no run here.
    Idle,
    /// S0: read the order.
    Read,
    /// S1: attach the reservation.
    Attach,
    /// S2a: write the record, or read the one that is there.
    Open,
    /// S2b: create at the gateway.
    Create,
    /// S2c: keep the gateway's id.
    KeepId,
    /// S2d: confirm at the gateway.
    Confirm,
    /// S2d: ask the gateway.
    Ask,
    /// S2e: keep the outcome.
    Keep(Outcome),
    /// Only where `CommitAfterConfirm` is off: S4 before S3.
    CommitEarly,
    /// S3: confirm the order.
    Decide,
    /// F1: cancel the order.
    Cancel,
    /// S4: commit the stock.
    Commit,
    /// S4, refused: read the order again.
    Recheck,
    /// S5: settle the confirmed order.
    SettleForward,
    /// F2a: write a closed record, or read the one that is there.
    Fence,
    /// F2a: fence the record as it was seen.
    Advance(ReadRecord),
    /// F3: release or return the units.
    Release,
    /// F2b: read the record: is there anything to undo?
    Undo,
    /// F2b: cancel at the gateway.
    CancelIntent,
    /// F2b, refused: ask the gateway.
    AskRefusal,
    /// F2b: refund.
    Refund,
    /// F2c: keep how it ended.
    KeepEnd(End),
    /// F4: take the cart's mark away.
    Unmark,
    /// F4: settle the cancelled order.
    SettleBack,
    /// Ship: read the order.
    ShipRead,
    /// Ship 1: claim the record.
    Claim,
    /// Ship 2: capture at the gateway.
    Capture,
    /// Ship 2: ask the gateway.
    AskCapture,
    /// Ship 2: ask the gateway, for an attempt that another one has followed: its key only repeats a refusal.
    AskOutdated,
    /// Ship 2: keep that it was captured.
    KeepCaptured,
    /// Ship 2, refused though the money is held: the claim is given back.
    KeepRefused,
    /// Ship 2, the same for an attempt that another one has followed.
    KeepOutdated,
    /// Ship 3: the order is shipped.
    Ship,
    /// The authorisation has lapsed: cancel the order, as an operator would.
    CancelLapsed,
    /// The sweeper need not resume this.
    EndCapture,
}

/// What the gateway said of an intent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the protocol's own names")]
pub enum Outcome {
    Authorized,
    RequiresAction,
    Declined,
}

/// A record that must be fenced, as it was read. In the order in which a record can go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the protocol's own names")]
pub enum ReadRecord {
    UnknownIntent,
    Intent,
    RequiresAction,
    Declined,
    Authorized,
    Capturing,
    Captured,
}

/// How the money was given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the protocol's own names")]
pub enum End {
    Voided,
    Refunded,
}

/// What is left to chance in a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chance {
    /// Nothing.
    None,
    /// S0: by this function's clock the order's time to pay is over.
    Overdue,
    /// Create: the gateway cannot take this payment method.
    Invalid,
    /// Confirm: the money is held.
    Holds,
    /// Confirm: the shopper must act.
    AsksShopper,
    /// Confirm: declined.
    Declines,
    /// Capture: refused, though the money is held.
    Refuses,
}

impl Pc {
    /// The position in the protocol; no two are alike.
    pub fn code(self) -> u8 {
        match self {
            Self::Idle => 0,
            Self::Read => 1,
            Self::Attach => 2,
            Self::Open => 3,
            Self::Create => 4,
            Self::KeepId => 5,
            Self::Confirm => 6,
            Self::Ask => 7,
            Self::Keep(outcome) => 8 + outcome as u8,
            Self::CommitEarly => 12,
            Self::Decide => 13,
            Self::Cancel => 14,
            Self::Commit => 15,
            Self::Recheck => 16,
            Self::SettleForward => 17,
            Self::Fence => 18,
            Self::Advance(seen) => 19 + seen as u8,
            Self::Release => 26,
            Self::Undo => 27,
            Self::CancelIntent => 28,
            Self::AskRefusal => 29,
            Self::Refund => 30,
            Self::KeepEnd(end) => 31 + end as u8,
            Self::Unmark => 33,
            Self::SettleBack => 34,
            Self::ShipRead => 35,
            Self::Claim => 36,
            Self::Capture => 37,
            Self::AskCapture => 38,
            Self::AskOutdated => 39,
            Self::KeepCaptured => 40,
            Self::KeepRefused => 41,
            Self::KeepOutdated => 42,
            Self::Ship => 43,
            Self::CancelLapsed => 44,
            Self::EndCapture => 45,
        }
    }

    /// The state of `order.asl.json` in which this step is done.
    pub fn machine_state(self) -> Option<&'static str> {
        match self {
            Self::Read
            | Self::Attach
            | Self::Open
            | Self::Create
            | Self::KeepId
            | Self::Confirm
            | Self::Ask
            | Self::Keep(_) => Some("AuthorizePayment"),
            Self::Decide | Self::Commit | Self::Recheck | Self::SettleForward => Some("ConfirmOrder"),
            Self::Cancel => Some("CancelOrder"),
            Self::Fence | Self::Advance(_) | Self::Release => Some("ReleaseReservation"),
            Self::Undo
            | Self::CancelIntent
            | Self::AskRefusal
            | Self::Refund
            | Self::KeepEnd(_)
            | Self::Unmark
            | Self::SettleBack => Some("VoidPayment"),
            _ => None,
        }
    }

    /// Where the function starts again whose answer was lost: at the top of its Lambda, or at the gateway's
    /// door where the code asks at once.
    pub fn again(self) -> Self {
        match self {
            Self::Confirm => Self::Ask,
            Self::Attach | Self::Open | Self::Create | Self::KeepId | Self::Ask | Self::Keep(_) => Self::Read,
            Self::Commit | Self::Recheck | Self::SettleForward => Self::Decide,
            Self::Advance(_) | Self::Release => Self::Fence,
            Self::CancelIntent
            | Self::AskRefusal
            | Self::Refund
            | Self::KeepEnd(_)
            | Self::Unmark
            | Self::SettleBack => Self::Undo,
            _ if self.ships() => Self::Idle,
            same => same,
        }
    }

    /// True for the steps of shipping: those are not repeated by a machine, the sweeper begins them anew.
    pub fn ships(self) -> bool {
        self.code() >= Self::ShipRead.code()
    }

    /// The call that this step makes to change something at the gateway.
    pub fn call(self) -> Option<Call> {
        match self {
            Self::Create => Some(Call::Create),
            Self::Confirm => Some(Call::Confirm),
            Self::CancelIntent => Some(Call::Cancel),
            Self::Capture => Some(Call::Capture),
            Self::Refund => Some(Call::Refund),
            _ => None,
        }
    }

    /// True where the step only reads, so that repeating it after a lost answer is nothing new.
    pub fn only_reads(self) -> bool {
        matches!(
            self,
            Self::Read
                | Self::Recheck
                | Self::Ask
                | Self::Undo
                | Self::AskRefusal
                | Self::ShipRead
                | Self::AskCapture
                | Self::AskOutdated
        )
    }
}
