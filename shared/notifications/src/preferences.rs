//! What shoppers do not want to be told.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use souk_domain::ids::UserId;
use souk_dynamo::StoreError;

use crate::{Kind, Messages};

#[derive(Debug, Serialize, Deserialize)]
struct Preferences {
    id: String,
    declined: BTreeSet<Kind>,
}

fn preferences_of(user_id: &UserId) -> String {
    format!("preferences#{user_id}")
}

impl Messages {
    /// The kinds that a shopper declines.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn declined(&self, user_id: &UserId) -> Result<BTreeSet<Kind>, StoreError> {
        let found: Option<Preferences> = self.table.get(&[("id", &preferences_of(user_id))]).await?;
        Ok(found.map(|preferences| preferences.declined).unwrap_or_default())
    }

    /// Whether a shopper declined this kind a moment ago.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn is_declined(&self, user_id: &UserId, kind: Kind) -> Result<bool, StoreError> {
        let found: Option<Preferences> = self.table.get_eventually(&[("id", &preferences_of(user_id))]).await?;
        Ok(found.is_some_and(|preferences| preferences.declined.contains(&kind)))
    }

    /// Keeps the kinds that a shopper declines, in place of those before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn decline(&self, user_id: &UserId, declined: BTreeSet<Kind>) -> Result<(), StoreError> {
        self.table.put(&Preferences { id: preferences_of(user_id), declined }).await
    }
}
