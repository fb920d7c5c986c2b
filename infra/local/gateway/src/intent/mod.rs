//! A PaymentIntent as a pure state machine: no HTTP, no clock but the `now` that is handed in.
//!
//! ```text
//! requires_payment_method ⇄ requires_confirmation → requires_action → requires_capture → succeeded
//!            └───────────────────────┴─────────────────────┴──────────────────┴→ canceled
//! ```

mod confirm;
mod settle;
#[cfg(test)]
mod tests;

pub use confirm::Confirmation;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::payment_method::{Decline, PaymentMethod, Presented};

/// Seconds since the Unix epoch, the unit in which Stripe's API speaks of time.
pub type Seconds = i64;

/// When the money moves: at confirmation or by a separate capture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaptureMethod {
    /// Confirming takes the money.
    #[default]
    Automatic,
    /// Confirming only holds the money.
    Manual,
}

/// Why an intent was canceled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancellationReason {
    /// The shopper went away.
    Abandoned,
    /// The authorization expired; never given by a caller.
    Automatic,
    /// A second intent for the same purchase.
    Duplicate,
    /// Suspected fraud.
    Fraudulent,
    /// The shopper asked for it.
    RequestedByCustomer,
}

/// Where an intent stands, with what is only known there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum State {
    /// Nothing to charge yet, or the last attempt was declined.
    RequiresPaymentMethod,
    /// A payment method is attached; nobody has confirmed.
    RequiresConfirmation,
    /// The customer has to authenticate (3-D Secure).
    RequiresAction,
    /// The amount is held until `capture_before`.
    RequiresCapture {
        /// When the hold lapses.
        capture_before: Seconds,
    },
    /// The money was taken.
    Succeeded {
        /// Minor units captured.
        received: i64,
        /// Minor units given back since.
        refunded: i64,
    },
    /// Ended without money.
    Canceled {
        /// When it was canceled.
        at: Seconds,
        /// Why, where known.
        reason: Option<CancellationReason>,
    },
}

impl State {
    /// The state's name in the API.
    pub fn name(&self) -> &'static str {
        match self {
            Self::RequiresPaymentMethod => "requires_payment_method",
            Self::RequiresConfirmation => "requires_confirmation",
            Self::RequiresAction => "requires_action",
            Self::RequiresCapture { .. } => "requires_capture",
            Self::Succeeded { .. } => "succeeded",
            Self::Canceled { .. } => "canceled",
        }
    }
}

/// How often money really moved for an intent, whatever was repeated: what tests count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effects {
    /// Holds that were placed.
    pub authorizations: u32,
    /// Holds (or direct charges) that became money taken.
    pub captures: u32,
    /// Holds given back uncaptured, by cancel or by expiry.
    pub voids: u32,
    /// Refunds made.
    pub refunds: u32,
    /// Attempts that were declined.
    pub declines: u32,
}

/// A payment in the making.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Intent {
    /// `pi_…`
    pub id: String,
    /// What lets a browser finish the payment. Kept out of every inspection answer.
    pub client_secret: String,
    /// The charge of the last attempt, `ch_…`.
    pub latest_charge: Option<String>,
    /// Minor units.
    pub amount: i64,
    /// Lower-case ISO code.
    pub currency: String,
    /// When it was created.
    pub created: Seconds,
    /// The caller's own keys.
    pub metadata: BTreeMap<String, String>,
    /// The attached payment method.
    pub payment_method: Option<String>,
    /// The types the caller accepts.
    pub payment_method_types: Vec<String>,
    /// When the money moves.
    pub capture_method: CaptureMethod,
    /// Where it stands.
    pub state: State,
    /// Why the last attempt failed.
    pub last_payment_error: Option<Decline>,
    /// How often money moved.
    pub effects: Effects,
    /// Whether its charge was ever disputed.
    #[serde(default)]
    pub disputed: bool,
    /// Whose it is.
    #[serde(default)]
    pub customer: Option<String>,
    /// What the method that pays for it is kept for.
    #[serde(default)]
    pub setup_future_usage: Option<FutureUsage>,
}

/// What a payment method is kept for, by the customer of the intent that it paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FutureUsage {
    /// Payments at which the customer is there.
    OnSession,
    /// Any payments.
    OffSession,
}

/// What a caller asks for when creating an intent.
#[derive(Clone, Debug, Default)]
pub struct NewIntent {
    /// Minor units, at least 1.
    pub amount: i64,
    /// Lower-case ISO code.
    pub currency: String,
    /// When the money moves.
    pub capture_method: CaptureMethod,
    /// A payment method to attach.
    pub payment_method: Option<Presented>,
    /// The types the caller accepts.
    pub payment_method_types: Vec<String>,
    /// The caller's own keys.
    pub metadata: BTreeMap<String, String>,
    /// Whose it is.
    pub customer: Option<String>,
    /// What the method is to be kept for.
    pub setup_future_usage: Option<FutureUsage>,
}

/// Why a transition was refused; the intent is as it was before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The state does not allow it.
    UnexpectedState {
        /// What was tried, as a participle ("captured").
        attempted: &'static str,
        /// The states in which it is allowed.
        allowed: &'static [&'static str],
    },
    /// Confirmed without anything to charge.
    PaymentMethodMissing,
    /// Asked to capture more than is held.
    CaptureAboveHold {
        /// Minor units held.
        held: i64,
    },
    /// Asked to refund a payment that was never taken.
    NothingCaptured,
    /// Asked to refund a payment that was given back whole.
    AlreadyRefunded,
    /// Asked to refund money that a bank has taken over a dispute.
    Disputed,
    /// Asked to refund more than is left.
    RefundAboveRest {
        /// Minor units not refunded yet.
        rest: i64,
    },
}

impl Intent {
    /// A new intent. Creating holds no money.
    pub fn new(id: String, client_secret: String, new: NewIntent, now: Seconds) -> Self {
        let state = match new.payment_method {
            Some(_) => State::RequiresConfirmation,
            None => State::RequiresPaymentMethod,
        };
        Self {
            id,
            client_secret,
            latest_charge: None,
            amount: new.amount,
            currency: new.currency,
            created: now,
            metadata: new.metadata,
            payment_method: new.payment_method.map(|presented| presented.id),
            payment_method_types: new.payment_method_types,
            capture_method: new.capture_method,
            state,
            last_payment_error: None,
            effects: Effects::default(),
            disputed: false,
            customer: new.customer,
            setup_future_usage: new.setup_future_usage,
        }
    }

    /// The order this payment is for, by our adapter's convention.
    pub fn order_id(&self) -> Option<&str> {
        self.metadata.get("order_id").map(String::as_str)
    }

    /// True where this method pays for it.
    pub fn paid_with(&self, method: PaymentMethod) -> bool {
        self.payment_method.as_deref().and_then(Presented::parse).is_some_and(|presented| presented.method == method)
    }

    /// The customer who may use the method that it was paid with again; none where it was not paid.
    pub fn attaches(&self) -> Option<&str> {
        self.customer.as_deref().filter(|_| self.was_paid() && self.setup_future_usage.is_some())
    }

    /// True where money was held or taken for it, whatever became of it.
    pub fn was_paid(&self) -> bool {
        self.effects.authorizations + self.effects.captures > 0
    }

    /// Minor units held now.
    pub fn amount_capturable(&self) -> i64 {
        match self.state {
            State::RequiresCapture { .. } => self.amount,
            _ => 0,
        }
    }

    /// Minor units taken, whether or not refunded since.
    pub fn amount_received(&self) -> i64 {
        match self.state {
            State::Succeeded { received, .. } => received,
            _ => 0,
        }
    }

    /// Minor units given back.
    pub fn amount_refunded(&self) -> i64 {
        match self.state {
            State::Succeeded { refunded, .. } => refunded,
            _ => 0,
        }
    }
}
