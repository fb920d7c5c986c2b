//! A refund as the books keep it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::intent::Seconds;

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
}
