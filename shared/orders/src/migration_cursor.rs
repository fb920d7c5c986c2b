use serde::{Deserialize, Serialize};
use souk_dynamo::{Item, StoreError, Table, s};
use souk_wiring::FromEnvironment;

/// How far a migration of the orders has come, in the `checkouts` table: a run is bounded, the next one goes on.
#[derive(Debug, Clone, FromEnvironment)]
pub struct MigrationCursor {
    #[variable("CHECKOUTS_TABLE")]
    table: Table,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    id: String,
    after: String,
}

const KEY: &str = "migration#units";

impl MigrationCursor {
    /// The cursor in this table (key `id`).
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// The key of the last order that was looked at; `None` where a run begins.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn get(&self) -> Result<Option<Item>, StoreError> {
        let stored: Option<Stored> = self.table.get(&[("id", KEY)]).await?;
        Ok(stored.map(|Stored { after, .. }| Item::from([("order_id".to_owned(), s(after))])))
    }

    /// Keeps the key of the last order that was looked at. No condition: two runs at once do the same work twice.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn set(&self, after: Option<Item>) -> Result<(), StoreError> {
        match after.as_ref().and_then(|key| key.get("order_id")?.as_s().ok()) {
            Some(after) => self.table.put(&Stored { id: KEY.to_owned(), after: after.clone() }).await,
            None => self.table.delete(&[("id", KEY)]).await,
        }
    }
}
