//! A payment's record: the fence between the order's decision and the gateway's money.
//!
//! The record says what Souk knows and what it has committed itself to. What really happened is at
//! the gateway, and is asked there, never guessed.

mod dispute;
mod refund;
mod renewal;

use serde::{Deserialize, Serialize};

pub use dispute::{Dispute, DisputeState, Disputes};
pub use refund::{
    Ask, AskError, MAX_NOTE, MAX_REFUNDS, Note, Open, Refund, RefundOrigin, RefundReason, RefundState, Refunds,
    RefundsExceed, Refused, Retry, RetryError, Told,
};
pub use renewal::{Next as NextOfRenewal, Renewal};

/// A text that is no token of a payment method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a payment method token of the gateway (pm_…)")]
pub struct PaymentMethodError;

/// Refuses whatever is not a gateway's token, above all a card number.
///
/// # Errors
/// [`PaymentMethodError`], which never repeats the text.
pub fn check_method(token: &str) -> Result<(), PaymentMethodError> {
    let is_token = token.strip_prefix("pm_").is_some_and(|rest| {
        (1..=100).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    });
    if is_token { Ok(()) } else { Err(PaymentMethodError) }
}

/// Where a payment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PaymentState {
    /// An authorisation is wanted; the gateway may or may not have heard of it.
    Intent,
    /// The shopper must act (3-D Secure).
    RequiresAction,
    /// The money is held.
    Authorized,
    /// The gateway declined. Not final there: the intent could still be paid with another card.
    Declined,
    /// The order is cancelled; what the gateway holds must be given back.
    Voiding,
    /// Nothing is held. Final.
    Voided,
    /// The order is leaving; the held money is being taken.
    Capturing,
    /// The money was taken.
    Captured,
    /// The taken money was given back. Final.
    Refunded,
}

/// What the gateway said of a confirmed intent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Authorization {
    /// The money is held.
    Authorized,
    /// It was declined.
    Declined,
    /// The shopper must act.
    RequiresAction,
}

/// What cancelling must do with the money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fence {
    /// The gateway never heard an id that we kept: the record alone is closed.
    Close,
    /// The gateway must be told: cancel there, or refund what was captured.
    GiveBack,
    /// It is final already.
    Final,
}

impl PaymentState {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Intent,
        Self::RequiresAction,
        Self::Authorized,
        Self::Declined,
        Self::Voiding,
        Self::Voided,
        Self::Capturing,
        Self::Captured,
        Self::Refunded,
    ];

    /// The states from which an authorisation's outcome may be kept (step S2e).
    pub fn accepting(outcome: Authorization) -> &'static [Self] {
        match outcome {
            Authorization::Authorized | Authorization::Declined => {
                &[Self::Intent, Self::RequiresAction, Self::Declined]
            }
            Authorization::RequiresAction => &[Self::Intent, Self::RequiresAction],
        }
    }

    /// What a cancelled order asks of this state (step F2a).
    pub fn fence(self, gateway_knows: bool) -> Fence {
        match self {
            Self::Voided | Self::Refunded => Fence::Final,
            Self::Intent if !gateway_knows => Fence::Close,
            _ => Fence::GiveBack,
        }
    }

    /// True where the order may go on to `CONFIRMED` or beyond.
    pub fn is_authorized(self) -> bool {
        matches!(self, Self::Authorized | Self::Capturing | Self::Captured)
    }

    /// True where a cancelled order has claimed the record: it may never be authorised again.
    pub fn is_fenced(self) -> bool {
        matches!(self, Self::Voiding | Self::Voided | Self::Refunded)
    }

    /// The name that is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Intent => "INTENT",
            Self::RequiresAction => "REQUIRES_ACTION",
            Self::Authorized => "AUTHORIZED",
            Self::Declined => "DECLINED",
            Self::Voiding => "VOIDING",
            Self::Voided => "VOIDED",
            Self::Capturing => "CAPTURING",
            Self::Captured => "CAPTURED",
            Self::Refunded => "REFUNDED",
        }
    }
}

impl Authorization {
    /// The state that keeps this outcome.
    pub fn state(self) -> PaymentState {
        match self {
            Self::Authorized => PaymentState::Authorized,
            Self::Declined => PaymentState::Declined,
            Self::RequiresAction => PaymentState::RequiresAction,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{PaymentState::*, *};

    #[test]
    fn a_payment_method_is_a_token_and_never_a_card_number() {
        assert!(check_method("pm_card_visa").is_ok());
        assert!(check_method(&format!("pm_{}", "x".repeat(100))).is_ok());
        for bad in ["", "pm_", "4242424242424242", "pm_a b", "tok_visa", &format!("pm_{}", "x".repeat(101))] {
            assert_eq!(check_method(bad), Err(PaymentMethodError), "{bad}");
        }
        assert!(!PaymentMethodError.to_string().contains("4242"), "a refusal must not repeat what was sent");
    }

    #[test]
    fn invariant_i6_a_fenced_record_accepts_no_outcome() {
        let fenced: Vec<_> = PaymentState::ALL.into_iter().filter(|state| state.is_fenced()).collect();
        assert_eq!(fenced, [Voiding, Voided, Refunded]);
        for outcome in [Authorization::Authorized, Authorization::Declined, Authorization::RequiresAction] {
            assert!(PaymentState::accepting(outcome).iter().all(|state| !state.is_fenced()));
        }
    }

    #[test]
    fn a_declined_intent_can_still_be_paid_but_asks_the_shopper_nothing() {
        assert!(PaymentState::accepting(Authorization::Authorized).contains(&Declined));
        assert!(!PaymentState::accepting(Authorization::RequiresAction).contains(&Declined));
    }

    #[test]
    fn whatever_the_gateway_may_hold_is_given_back() {
        for state in [RequiresAction, Authorized, Declined, Voiding, Capturing, Captured] {
            assert_eq!(state.fence(true), Fence::GiveBack, "{state:?}");
            assert_eq!(state.fence(false), Fence::GiveBack, "{state:?}");
        }
        assert_eq!(Intent.fence(true), Fence::GiveBack);
        assert_eq!(Intent.fence(false), Fence::Close);
        for state in [Voided, Refunded] {
            assert_eq!(state.fence(true), Fence::Final, "{state:?}");
        }
    }

    #[test]
    fn the_stored_name_is_the_serialised_one() {
        for state in PaymentState::ALL {
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
    }
}
