//! Stripe's published test payment methods that this gateway knows, and how a bank answers to each.

use serde::{Deserialize, Serialize};

/// A test payment method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaymentMethod {
    /// Always approved.
    Visa,
    /// Always approved; a second brand, so that tests can tell two cards apart.
    Mastercard,
    /// Approved; a refund of it stays pending until a test says how it ends.
    PendingRefund,
    /// Approved; a refund of it succeeds, and a test lets it fail afterwards.
    RefundFail,
    /// Declined without a reason.
    ChargeDeclined,
    /// Declined for lack of funds.
    ChargeDeclinedInsufficientFunds,
    /// Asks the customer to authenticate, every time.
    AuthenticationRequired,
}

/// What the bank answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The charge goes through.
    Approve,
    /// It does not.
    Decline(Decline),
    /// The customer must act first.
    Challenge,
}

/// Why an attempt to pay failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decline {
    /// The error code, such as `card_declined`.
    pub code: String,
    /// The bank's reason, where it gives one.
    pub decline_code: Option<String>,
    /// A sentence for people.
    pub message: String,
}

impl Decline {
    fn card_declined(decline_code: &str, message: &str) -> Self {
        Self {
            code: "card_declined".to_owned(),
            decline_code: Some(decline_code.to_owned()),
            message: message.to_owned(),
        }
    }

    /// The customer failed or refused the challenge.
    pub fn authentication_failed() -> Self {
        Self {
            code: "payment_intent_authentication_failure".to_owned(),
            decline_code: None,
            message: "The provided payment method has failed authentication. Provide another one to attempt this payment again."
                .to_owned(),
        }
    }
}

impl PaymentMethod {
    const ALL: [Self; 7] = [
        Self::Visa,
        Self::Mastercard,
        Self::PendingRefund,
        Self::RefundFail,
        Self::ChargeDeclined,
        Self::ChargeDeclinedInsufficientFunds,
        Self::AuthenticationRequired,
    ];

    /// The method of that id, if this gateway knows it.
    pub fn parse(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.id() == id)
    }

    /// Its id in the API.
    pub fn id(self) -> &'static str {
        match self {
            Self::Visa => "pm_card_visa",
            Self::Mastercard => "pm_card_mastercard",
            Self::PendingRefund => "pm_card_pendingRefund",
            Self::RefundFail => "pm_card_refundFail",
            Self::ChargeDeclined => "pm_card_chargeDeclined",
            Self::ChargeDeclinedInsufficientFunds => "pm_card_chargeDeclinedInsufficientFunds",
            Self::AuthenticationRequired => "pm_card_authenticationRequired",
        }
    }

    /// How the bank answers to a charge.
    pub fn verdict(self) -> Verdict {
        match self {
            Self::Visa | Self::Mastercard | Self::PendingRefund | Self::RefundFail => Verdict::Approve,
            Self::ChargeDeclined => {
                Verdict::Decline(Decline::card_declined("generic_decline", "Your card was declined."))
            }
            Self::ChargeDeclinedInsufficientFunds => {
                Verdict::Decline(Decline::card_declined("insufficient_funds", "Your card has insufficient funds."))
            }
            Self::AuthenticationRequired => Verdict::Challenge,
        }
    }
}
