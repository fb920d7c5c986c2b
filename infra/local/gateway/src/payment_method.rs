//! Stripe's published test payment methods that this gateway knows, and how a bank answers to each.

use serde::{Deserialize, Serialize};

/// A payment method as a caller names it: one of Stripe's tokens, each use of which is a method of its own, or the id that a
/// payment was given of it, which may be used again only by the customer whom it is attached to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presented {
    /// How it behaves.
    pub method: PaymentMethod,
    /// What it was called.
    pub id: String,
}

impl Presented {
    /// The method of that id, if this gateway could have given it.
    pub fn parse(id: &str) -> Option<Self> {
        let kind = |id: &str| PaymentMethod::parse(id).or_else(|| PaymentMethod::of_use(id));
        kind(id).map(|method| Self { method, id: id.to_owned() })
    }

    /// True where a payment was made with it before.
    pub fn was_used(&self) -> bool {
        self.id != self.method.id()
    }

    /// The id that it bears once the payment of this charge was made with it.
    pub fn used(self, charge_id: &str) -> String {
        if self.was_used() {
            return self.id;
        }
        let (charge, token) = (charge_id.trim_start_matches("ch_"), self.method.id().trim_start_matches("pm_"));
        format!("pm_{charge}_{token}")
    }
}

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

    /// The bank wants the customer to authenticate, who is not there.
    pub fn authentication_required() -> Self {
        Self {
            code: "authentication_required".to_owned(),
            decline_code: Some("authentication_required".to_owned()),
            message: "Your card was declined. This transaction requires authentication.".to_owned(),
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

    /// The method that a payment was made with, by the id that it was given then.
    fn of_use(id: &str) -> Option<Self> {
        let token = |method: &Self| method.id().trim_start_matches("pm_");
        Self::ALL.into_iter().find(|method| {
            let rest = id.strip_prefix("pm_").and_then(|rest| rest.strip_suffix(token(method))?.strip_suffix('_'));
            rest.is_some_and(|charge| !charge.is_empty())
        })
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
