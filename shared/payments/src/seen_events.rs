use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use souk_dynamo::{Outcome, StoreError, Table};

/// Longer than the gateway goes on sending an event again.
const RETENTION: SignedDuration = SignedDuration::from_hours(24 * 7);

/// The gateway's events that were acted upon, in the `payments` table.
#[derive(Debug, Clone)]
pub struct SeenEvents {
    table: Table,
}

#[derive(Serialize, Deserialize)]
struct Seen {
    id: String,
    ttl: i64,
}

impl SeenEvents {
    /// The events in this table (key `id`).
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// True where an event was acted upon before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn contains(&self, event_id: &str) -> Result<bool, StoreError> {
        Ok(self.table.get::<Seen>(&[("id", &key(event_id))]).await?.is_some())
    }

    /// Remembers that an event was acted upon.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn mark(&self, event_id: &str, now: Timestamp) -> Result<(), StoreError> {
        let seen = Seen { id: key(event_id), ttl: (now + RETENTION).as_second() };
        match self.table.put_if(&seen, "attribute_not_exists(id)", &[], &[]).await? {
            Outcome::Written(()) | Outcome::Refused(_) => Ok(()),
        }
    }
}

fn key(event_id: &str) -> String {
    format!("event#{event_id}")
}
