//! The outbox's way out: a table's stream is published on the event bus, so that no event is lost when a
//! function dies after its write.

use aws_sdk_eventbridge::{Client, types::PutEventsRequestEntry};
use serde::Serialize;
use souk_dynamo::sdk_failure;
use souk_wiring::{ConfigError, Environment, FromEnvironment};

use crate::stream::{BatchResult, Record, RecordFailure};

/// EventBridge takes this many entries in one call.
const ENTRIES_PER_CALL: usize = 10;

/// The event bus `BUS_NAME`.
#[derive(Debug, Clone)]
pub struct Bus {
    client: Client,
    name: String,
}

/// One event to be published.
#[derive(Debug, Clone)]
pub struct Event {
    detail_type: &'static str,
    detail: String,
}

impl Event {
    /// An event of this type.
    ///
    /// # Errors
    /// Where the detail cannot be written as JSON.
    pub fn new(detail_type: &'static str, detail: &impl Serialize) -> Result<Self, RecordFailure> {
        let detail = serde_json::to_string(detail).map_err(|error| RecordFailure::Poison(error.into()))?;
        Ok(Self { detail_type, detail })
    }
}

impl FromEnvironment for Bus {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self { client: Client::new(&environment.aws), name: environment.required("BUS_NAME")? })
    }
}

impl Bus {
    /// Publishes what each record of a batch means to others, in order: an outbox. Repeated records make repeated
    /// events.
    ///
    /// # Errors
    /// The first record that cannot be read, before anything is published; else as [`Bus::publish`].
    pub async fn publish_each<E: IntoIterator<Item = Event>>(
        &self,
        source: &str,
        records: &[Record],
        events_of: impl Fn(&Record) -> Result<E, RecordFailure>,
    ) -> BatchResult {
        let mut events = Vec::new();
        for (index, record) in records.iter().enumerate() {
            let of_record = events_of(record).map_err(|error| (index, error))?;
            events.extend(of_record.into_iter().map(|event| (index, event)));
        }
        self.publish(source, events).await
    }

    /// Publishes events of a source (`souk.orders`) in order, each with the index of the batch's record that it came
    /// from. An event may be published twice, never lost: after a failure the batch is retried from the record of the
    /// first event that was not taken.
    ///
    /// # Errors
    /// The first record whose event was not taken, with the reason.
    pub async fn publish(&self, source: &str, events: Vec<(usize, Event)>) -> BatchResult {
        for chunk in events.chunks(ENTRIES_PER_CALL) {
            let entries = chunk.iter().map(|(_, event)| {
                PutEventsRequestEntry::builder()
                    .event_bus_name(&self.name)
                    .source(source)
                    .detail_type(event.detail_type)
                    .detail(&event.detail)
                    .build()
            });
            let sent = self.client.put_events().set_entries(Some(entries.collect())).send().await;
            let answer = sent.map_err(|error| (chunk[0].0, RecordFailure::Outage(sdk_failure(&error).into())))?;
            let refused = answer.entries().iter().zip(chunk).find(|(entry, _)| entry.error_code().is_some());
            if let Some((entry, (record, _))) = refused {
                return Err((*record, refusal(entry.error_code().unwrap_or("an event was refused"))));
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
