//! The outbox's way out: a table's stream is published on the event bus, so that no event is lost when a
//! function dies after its write.

use aws_sdk_eventbridge::{Client, types::PutEventsRequestEntry};
use serde::Serialize;
use souk_dynamo::sdk_failure;
use souk_wiring::{ConfigError, Environment, FromEnvironment};

use crate::stream::{BatchResult, RecordFailure};

/// EventBridge takes this many entries in one call.
const ENTRIES_PER_CALL: usize = 10;

/// The event bus `BUS_NAME`.
#[derive(Debug, Clone)]
pub struct Bus {
    client: Client,
    name: String,
}

/// One event to be published, and which record of the batch it came from.
#[derive(Debug, Clone)]
pub struct Event {
    record: usize,
    detail_type: &'static str,
    detail: String,
}

impl Event {
    /// The event that the batch's record of this index gives rise to.
    ///
    /// # Errors
    /// The index with the reason, where the detail cannot be written as JSON.
    pub fn new(
        record: usize,
        detail_type: &'static str,
        detail: &impl Serialize,
    ) -> Result<Self, (usize, RecordFailure)> {
        let detail = serde_json::to_string(detail).map_err(|error| (record, RecordFailure::Poison(error.into())))?;
        Ok(Self { record, detail_type, detail })
    }
}

impl FromEnvironment for Bus {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self { client: Client::new(&environment.aws), name: environment.required("BUS_NAME")? })
    }
}

impl Bus {
    /// Publishes events of a source (`souk.orders`) in order. An event may be published twice, never lost: after a
    /// failure the batch is retried from the record of the first event that was not taken.
    ///
    /// # Errors
    /// The first record whose event was not taken, with the reason.
    pub async fn publish(&self, source: &str, events: Vec<Event>) -> BatchResult {
        for chunk in events.chunks(ENTRIES_PER_CALL) {
            let entries = chunk.iter().map(|event| {
                PutEventsRequestEntry::builder()
                    .event_bus_name(&self.name)
                    .source(source)
                    .detail_type(event.detail_type)
                    .detail(&event.detail)
                    .build()
            });
            let sent = self.client.put_events().set_entries(Some(entries.collect())).send().await;
            let answer = sent.map_err(|error| (chunk[0].record, RecordFailure::Outage(sdk_failure(&error).into())))?;
            let refused = answer.entries().iter().zip(chunk).find(|(entry, _)| entry.error_code().is_some());
            if let Some((entry, event)) = refused {
                return Err((event.record, refusal(entry.error_code().unwrap_or("an event was refused"))));
            }
        }
        Ok(())
    }
}

/// The bus refuses an event for what it holds, or because it cannot take any at the moment.
fn refusal(code: &str) -> RecordFailure {
    match code {
        "MalformedDetail" | "InvalidArgument" => RecordFailure::Poison(code.into()),
        _ => RecordFailure::Outage(code.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_an_event_holds_makes_it_poison() {
        assert!(matches!(refusal("MalformedDetail"), RecordFailure::Poison(_)));
        for code in ["ThrottlingException", "InternalFailure", "NotAuthorizedForSourceException", ""] {
            assert!(matches!(refusal(code), RecordFailure::Outage(_)), "{code}");
        }
    }
}
