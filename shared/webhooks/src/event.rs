use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{ids::EventId, webhook::EventType};
use souk_dynamo::StoreError;

/// Something that subscribers are told, as it is sent to each of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The same for every repetition.
    pub event_id: EventId,
    /// What happened.
    pub event_type: EventType,
    /// The request's body: what is signed is what is stored.
    pub body: String,
}

#[derive(Serialize)]
struct Body<'a, T> {
    #[serde(rename = "type")]
    event_type: EventType,
    id: &'a EventId,
    timestamp: Timestamp,
    data: &'a T,
}

impl Event {
    /// An event that happened at this time, with what is told of it.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where the data has no JSON.
    pub fn new(
        event_id: EventId,
        event_type: EventType,
        happened_at: Timestamp,
        data: &impl Serialize,
    ) -> Result<Self, StoreError> {
        let body = Body { event_type, id: &event_id, timestamp: happened_at, data };
        let body = serde_json::to_string(&body).map_err(|_| StoreError::corrupt("an event has no JSON"))?;
        Ok(Self { event_id, event_type, body })
    }
}
