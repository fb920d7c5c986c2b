use serde::{Deserialize, Serialize};

/// Why an order was cancelled. A stable code for clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelReason {
    /// Its reservation was gone before it could be attached.
    ReservationLost,
    /// The gateway declined the payment method.
    PaymentDeclined,
    /// The payment was not completed in time.
    PaymentExpired,
    /// A unit was claimed in a flash sale, and the request to order it never arrived. The order is only
    /// the mark that says so: whatever arrives later finds it.
    ClaimExpired,
    /// The customer cancelled.
    Customer,
    /// An operator cancelled.
    Operator,
}

impl CancelReason {
    /// A sentence for the shopper.
    pub fn explain(self) -> &'static str {
        match self {
            Self::ReservationLost => "The items were no longer held for you. Please check out again.",
            Self::PaymentDeclined => "The payment was declined. Please check out again with another payment method.",
            Self::PaymentExpired => "The payment was not completed in time. Please check out again.",
            Self::ClaimExpired => "The order could not be made in time, and the item went back on sale.",
            Self::Customer => "You cancelled the order.",
            Self::Operator => "The shop cancelled the order.",
        }
    }

    /// The reason's stable code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ReservationLost => "reservation_lost",
            Self::PaymentDeclined => "payment_declined",
            Self::PaymentExpired => "payment_expired",
            Self::ClaimExpired => "claim_expired",
            Self::Customer => "customer",
            Self::Operator => "operator",
        }
    }
}

/// Who may cancel, and from which status: the saga only from `PENDING_PAYMENT`, people also from
/// `CONFIRMED`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Canceller {
    /// A saga that found no stock, no money or no time left.
    Saga(CancelReason),
    /// The customer.
    Customer,
    /// An operator.
    Operator,
}

impl Canceller {
    /// The reason that is recorded.
    pub fn reason(self) -> CancelReason {
        match self {
            Self::Saga(reason) => reason,
            Self::Customer => CancelReason::Customer,
            Self::Operator => CancelReason::Operator,
        }
    }

    /// True where a confirmed order may be cancelled too.
    pub fn may_cancel_confirmed(self) -> bool {
        !matches!(self, Self::Saga(_))
    }
}
