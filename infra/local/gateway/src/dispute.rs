//! A dispute as the books keep it: a shopper asks their bank for the money back.

use serde::{Deserialize, Serialize};

use crate::intent::Seconds;

/// Where a dispute stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The bank asks, and has taken nothing yet: an inquiry.
    WarningNeedsResponse,
    /// The bank looks at what the shop has said to its inquiry.
    WarningUnderReview,
    /// The inquiry is over, and no dispute came of it.
    WarningClosed,
    /// The bank has taken the money, and waits for what the shop has to say.
    NeedsResponse,
    /// The bank looks at what the shop has said.
    UnderReview,
    /// The shop has its money again.
    Won,
    /// The shopper keeps the money.
    Lost,
}

impl Status {
    /// True where nothing more comes of it.
    pub fn is_over(self) -> bool {
        matches!(self, Self::WarningClosed | Self::Won | Self::Lost)
    }

    /// True where the money is the bank's or the shopper's, so that it cannot be refunded.
    pub fn withdraws(self) -> bool {
        matches!(self, Self::NeedsResponse | Self::UnderReview | Self::Lost)
    }
}

/// A dispute of a payment.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Dispute {
    /// `dp_…`
    pub id: String,
    /// The intent that is disputed.
    pub payment_intent: String,
    /// Its charge.
    pub charge: Option<String>,
    /// Minor units.
    pub amount: i64,
    /// Lower-case ISO code.
    pub currency: String,
    /// What the shopper says, such as `fraudulent`.
    pub reason: String,
    /// Where it stands.
    pub status: Status,
    /// Until when the shop may answer.
    pub due_by: Seconds,
    /// When it was opened.
    pub created: Seconds,
}
