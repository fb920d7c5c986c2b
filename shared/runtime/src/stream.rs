//! Functions behind a DynamoDB stream. A shard's records come in order and are retried from the
//! first that failed.

use std::sync::Arc;

use aws_lambda_events::event::{
    dynamodb::{Event, EventRecord},
    streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse},
};
use lambda_runtime::{LambdaEvent, service_fn};
use serde::de::DeserializeOwned;

use crate::{BoxFuture, Error, FromEnvironment, invocation::Deadline, queue::Failure, reading, start};

/// One change of one item.
#[derive(Debug, Clone)]
pub struct Record(EventRecord);

impl From<EventRecord> for Record {
    fn from(record: EventRecord) -> Self {
        Self(record)
    }
}

impl Record {
    /// A record in the JSON that Lambda hands over, for tests and for records that were kept.
    ///
    /// # Errors
    /// Where it is no such record.
    pub fn from_json(json: serde_json::Value) -> Result<Self, Failure> {
        Ok(Self(serde_json::from_value(json)?))
    }

    /// The item before the change; `None` where it was not there (or where it is not a `T`).
    pub fn old<T: DeserializeOwned>(&self) -> Option<T> {
        let image = self.0.change.old_image.clone();
        if image.is_empty() { None } else { serde_dynamo::from_item(image).ok() }
    }

    /// The item after the change; `None` where it was deleted.
    ///
    /// # Errors
    /// Where the item is there but is not a `T`: poison, unless the table holds several kinds.
    pub fn new_image<T: DeserializeOwned>(&self) -> Result<Option<T>, Failure> {
        let image = self.0.change.new_image.clone();
        if image.is_empty() { Ok(None) } else { Ok(Some(reading::from_item(image)?)) }
    }

    /// A key attribute of the item.
    pub fn key(&self, name: &str) -> Option<&str> {
        match self.0.change.keys.get(name) {
            Some(serde_dynamo::AttributeValue::S(text)) => Some(text),
            _ => None,
        }
    }

    /// True where the change is a deletion.
    pub fn is_removal(&self) -> bool {
        self.0.event_name == "REMOVE"
    }

    /// True where DynamoDB itself deleted the item because its time to live had passed.
    pub fn is_expiry(&self) -> bool {
        self.is_removal()
            && self.0.user_identity.as_ref().is_some_and(|who| who.principal_id == "dynamodb.amazonaws.com")
    }

    /// The record's place in its shard.
    pub fn sequence_number(&self) -> &str {
        self.0.change.sequence_number.as_deref().unwrap_or_default()
    }
}

/// Handles the records of a batch, a few at once: for handlers to which the order of records does not
/// matter, because each write of theirs is guarded by a version.
///
/// # Errors
/// The first record that failed, once all have ended.
pub async fn each<F, Fut>(records: Vec<Record>, at_once: usize, handle: F) -> BatchResult
where
    F: Fn(Record) -> Fut,
    Fut: Future<Output = Result<(), Failure>>,
{
    use futures_util::StreamExt as _;
    let results = futures_util::stream::iter(records.into_iter().map(handle)).buffered(at_once).collect::<Vec<_>>();
    match results.await.into_iter().enumerate().find_map(|(index, result)| Some((index, result.err()?))) {
        Some(failed) => Err(failed),
        None => Ok(()),
    }
}

/// How far a batch got: all of it, or up to (not including) the record of this index, with the reason.
pub type BatchResult = Result<(), (usize, Failure)>;

type Handler = Arc<dyn Fn(Vec<Record>) -> BoxFuture<BatchResult> + Send + Sync>;

/// Runs a stream function whose handler takes whole batches. It must be idempotent: records repeat.
///
/// # Errors
/// Where the function cannot start or the runtime API fails.
pub fn serve<D, H, Fut>(handle: H) -> Result<(), Error>
where
    D: FromEnvironment,
    H: Fn(&'static D, Vec<Record>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = BatchResult> + Send + 'static,
{
    start(|deps: &'static D| run(Arc::new(move |records| Box::pin(handle(deps, records)))))
}

async fn run(handler: Handler) -> Result<(), Error> {
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Event>| {
        let handler = Arc::clone(&handler);
        let deadline = Deadline::of(&event.context);
        async move { Ok::<_, Error>(batch(&handler, event.payload, deadline).await) }
    }))
    .await
}

async fn batch(handler: &Handler, event: Event, deadline: Deadline) -> DynamoDbEventResponse {
    let records: Vec<Record> = event.records.into_iter().map(Record).collect();
    let sequence_numbers: Vec<String> = records.iter().map(|r| r.sequence_number().to_owned()).collect();
    let mut response = DynamoDbEventResponse::default();
    // How far an interrupted batch got is not known: all of it is done again.
    let handled = deadline.hold(async { handler(records).await }).await;
    match handled.unwrap_or_else(|interrupted| Err((0, interrupted.into()))) {
        Ok(()) => tracing::info!(records = sequence_numbers.len(), "stream batch handled"),
        Err((index, error)) => {
            tracing::error!(records = sequence_numbers.len(), index, error = %error, "stream batch failed part way");
            let mut failure = DynamoDbBatchItemFailure::default();
            failure.item_identifier = sequence_numbers.get(index).cloned();
            response.batch_item_failures.push(failure);
        }
    }
    response
}
