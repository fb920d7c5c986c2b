//! Requests of the API as typed commands.

mod parse;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::intent::{CancellationReason, NewIntent, Seconds};
use crate::payment_method::Presented;

/// The kinds of request, as faults and the request log name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// `POST /v1/payment_intents`
    Create,
    /// `POST /v1/payment_intents/{id}/confirm`
    Confirm,
    /// `POST /v1/payment_intents/{id}/capture`
    Capture,
    /// `POST /v1/payment_intents/{id}/cancel`
    Cancel,
    /// `GET /v1/payment_intents/{id}`
    Retrieve,
    /// `GET /v1/payment_intents`, `GET /v1/refunds` and `GET /v1/disputes`
    List,
    /// `POST /v1/refunds`
    Refund,
    /// `POST /v1/customers`
    Customer,
}

/// What is asked of the ledger.
#[derive(Clone, Debug)]
pub enum Command {
    /// Create an intent, and confirm it at once where `confirm` says so.
    Create {
        /// The intent.
        new: NewIntent,
        /// Whether to confirm in the same call.
        confirm: bool,
    },
    /// Confirm an intent.
    Confirm {
        /// Its id.
        intent: String,
        /// Another method to charge.
        payment_method: Option<Presented>,
        /// Whether the customer is not there.
        off_session: bool,
        /// Whether the charge is answered, and not only its id.
        expand: bool,
    },
    /// Capture a hold.
    Capture {
        /// The intent's id.
        intent: String,
        /// Less than the whole.
        amount: Option<i64>,
    },
    /// Cancel an intent.
    Cancel {
        /// Its id.
        intent: String,
        /// Why.
        reason: Option<CancellationReason>,
    },
    /// Read an intent.
    Retrieve {
        /// Its id.
        intent: String,
        /// Whether the charge is answered, and not only its id.
        expand: bool,
    },
    /// Give money back.
    Refund {
        /// The intent's id.
        intent: String,
        /// Less than the whole.
        amount: Option<i64>,
        /// Why.
        reason: Option<&'static str>,
        /// The caller's own keys.
        metadata: BTreeMap<String, String>,
    },
    /// Make a customer.
    NewCustomer,
    /// List intents, newest first.
    ListIntents {
        /// Which part of the list.
        page: PageRequest,
        /// Whether charges are wanted in full.
        expands: bool,
    },
    /// List refunds, newest first.
    ListRefunds {
        /// Only those of this intent.
        intent: Option<String>,
        /// Which part of the list.
        page: PageRequest,
    },
    /// List disputes, newest first.
    ListDisputes {
        /// Only those of this intent.
        intent: Option<String>,
        /// Which part of the list.
        page: PageRequest,
    },
}

/// A part of a list.
#[derive(Clone, Debug)]
pub struct PageRequest {
    /// At most so many, 1 to 100.
    pub limit: usize,
    /// The id after which the page starts.
    pub starting_after: Option<String>,
    /// Created no earlier.
    pub created_from: Seconds,
    /// Created no later.
    pub created_to: Seconds,
}

impl Command {
    /// The command's kind.
    pub fn operation(&self) -> Operation {
        match self {
            Self::Create { .. } => Operation::Create,
            Self::Confirm { .. } => Operation::Confirm,
            Self::Capture { .. } => Operation::Capture,
            Self::Cancel { .. } => Operation::Cancel,
            Self::Retrieve { .. } => Operation::Retrieve,
            Self::Refund { .. } => Operation::Refund,
            Self::NewCustomer => Operation::Customer,
            Self::ListIntents { .. } | Self::ListRefunds { .. } | Self::ListDisputes { .. } => Operation::List,
        }
    }

    /// The intent it is about, when the caller named one.
    pub fn intent(&self) -> Option<&str> {
        match self {
            Self::Confirm { intent, .. }
            | Self::Capture { intent, .. }
            | Self::Cancel { intent, .. }
            | Self::Retrieve { intent, .. }
            | Self::Refund { intent, .. } => Some(intent),
            Self::ListRefunds { intent, .. } | Self::ListDisputes { intent, .. } => intent.as_deref(),
            Self::Create { .. } | Self::NewCustomer | Self::ListIntents { .. } => None,
        }
    }
}
