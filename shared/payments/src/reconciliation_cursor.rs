use jiff::{Timestamp, fmt::serde::timestamp::millisecond};
use serde::{Deserialize, Serialize};
use souk_dynamo::{StoreError, Table};
use souk_wiring::FromEnvironment;

use crate::gateway::Window;

/// How far the reconciliation has come, in the `payments` table: a run is bounded, the next one goes on.
#[derive(Debug, Clone, FromEnvironment)]
pub struct ReconciliationCursor {
    #[variable("PAYMENTS_TABLE")]
    table: Table,
}

/// A walk through the gateway's intents that has not come to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resume {
    #[serde(with = "millisecond::required")]
    from: Timestamp,
    #[serde(with = "millisecond::required")]
    to: Timestamp,
    after: String,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    id: String,
    #[serde(flatten)]
    resume: Resume,
}

const KEY: &str = "reconciliation";

impl Resume {
    /// This window, after this intent.
    pub fn new(window: Window, after: String) -> Self {
        Self { from: window.from, to: window.to, after }
    }

    /// The window that is walked through.
    pub fn window(&self) -> Window {
        Window { from: self.from, to: self.to }
    }

    /// The intent after which it goes on.
    pub fn after(&self) -> &str {
        &self.after
    }
}

impl ReconciliationCursor {
    /// The cursor in this table (key `id`).
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// Where the last run stopped; `None` where it came to the end.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn get(&self) -> Result<Option<Resume>, StoreError> {
        Ok(self.table.get::<Stored>(&[("id", KEY)]).await?.map(|stored| stored.resume))
    }

    /// Keeps where this run stopped. No condition: two runs at once do the same work twice, nothing worse.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn set(&self, resume: Option<Resume>) -> Result<(), StoreError> {
        match resume {
            Some(resume) => self.table.put(&Stored { id: KEY.to_owned(), resume }).await,
            None => self.table.delete(&[("id", KEY)]).await,
        }
    }
}
