//! Addresses that take no mail, by their digests: no address is kept.

use jiff::{Timestamp, fmt::serde::timestamp::millisecond};
use serde::{Deserialize, Serialize};
use souk_dynamo::{Outcome, StoreError, Update, attribute, s};

use crate::{EmailAddress, Feedback, Messages};

/// An address to which nothing is sent any more.
#[derive(Debug, Serialize, Deserialize)]
struct Suppression {
    id: String,
    reason: String,
    #[serde(with = "millisecond::required")]
    since: Timestamp,
}

fn suppression_of(address: &EmailAddress) -> String {
    format!("suppressed#{}", address.digest())
}

impl Messages {
    /// Whether an address takes no mail, or its owner has complained, as it was known a moment ago.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn is_suppressed(&self, address: &EmailAddress) -> Result<bool, StoreError> {
        let found: Option<Suppression> = self.table.get_eventually(&[("id", &suppression_of(address))]).await?;
        Ok(found.is_some())
    }

    /// Keeps what the provider has told of a mail: beside its message, and for each address that is not to be
    /// written to again.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn record(&self, feedback: &Feedback, now: Timestamp) -> Result<(), StoreError> {
        for address in &feedback.suppressed {
            let suppression = Suppression { id: suppression_of(address), reason: feedback.name.to_owned(), since: now };
            // The first reason stays.
            let _new_or_known = self.table.put_if(&suppression, attribute("id").is_absent()).await?;
        }
        let Some(message) = &feedback.message else { return Ok(()) };
        let update = Update::new().set("feedback", s(feedback.name)).when(attribute("id").exists());
        match self.table.update(&[("id", message.as_str())], update).await? {
            // A message that is forgotten, or no message of ours.
            Outcome::Written(_) | Outcome::Refused(_) => Ok(()),
        }
    }
}
