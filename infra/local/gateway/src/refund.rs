//! A refund as the books keep it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::intent::Seconds;

/// Where a refund stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// On its way to the bank.
    Pending,
    /// The bank has taken it; it may still send the money back.
    #[default]
    Succeeded,
    /// The bank has sent the money back: it is the shop's again.
    Failed,
}

/// Money given back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Refund {
    /// `re_…`
    pub id: String,
    /// The intent refunded.
    pub payment_intent: String,
    /// The charge refunded.
    pub charge: Option<String>,
    /// Minor units.
    pub amount: i64,
    /// Lower-case ISO code.
    pub currency: String,
    /// Why.
    pub reason: Option<String>,
    /// The caller's own keys.
    pub metadata: BTreeMap<String, String>,
    /// When.
    pub created: Seconds,
    /// Where it stands; succeeded where a state file is older than this field.
    #[serde(default)]
    pub status: Status,
}
