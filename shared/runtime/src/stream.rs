//! Functions behind a DynamoDB stream. A shard's records come in order and are retried from the
//! first that failed.
//!
//! What fails is told apart. An outage is waited out: the mapping in the template retries for as long as
//! the record may age. A record that can never be done would hold up all behind it for as long: it is set
//! aside, whole, and the stream goes on.

mod set_aside;

use std::{fmt, sync::Arc};

use aws_lambda_events::event::{
    dynamodb::EventRecord,
    streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse},
};
use futures_util::StreamExt as _;
use jiff::Timestamp;
use lambda_runtime::{LambdaEvent, service_fn};
use serde::de::DeserializeOwned;
use serde_json::Value;
use souk_dynamo::StoreError;
use souk_wiring::{Call, FromEnvironment};

use self::set_aside::SetAside;
use crate::{
    BoxFuture, Error,
    invocation::{Deadline, Interrupted},
    queue::Failure,
    reading, start,
};

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
        Ok(Self(reading::from_value(json)?))
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
    pub fn new_image<T: DeserializeOwned>(&self) -> Result<Option<T>, RecordFailure> {
        let image = self.0.change.new_image.clone();
        if image.is_empty() {
            return Ok(None);
        }
        reading::from_item(image).map(Some).map_err(|error| RecordFailure::Poison(error.into()))
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

    /// When the change was made, to the second or so.
    pub fn at(&self) -> Timestamp {
        let millis = self.0.change.approximate_creation_date_time.timestamp_millis();
        Timestamp::from_millisecond(millis).unwrap_or_default()
    }

    /// The record's place in its shard.
    pub fn sequence_number(&self) -> &str {
        self.0.change.sequence_number.as_deref().unwrap_or_default()
    }
}

/// Why a record is not done.
#[derive(Debug)]
pub enum RecordFailure {
    /// Something that it needs does not answer: it comes again.
    Outage(Failure),
    /// As it is it can never be done: it is set aside.
    Poison(Failure),
}

impl fmt::Display for RecordFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Outage(reason) | Self::Poison(reason) => reason.fmt(f),
        }
    }
}

/// What is not known to be poison is tried again.
impl From<Failure> for RecordFailure {
    fn from(reason: Failure) -> Self {
        Self::Outage(reason)
    }
}

impl From<StoreError> for RecordFailure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Corrupt(_) => Self::Poison(error.into()),
            StoreError::Unavailable(_) | StoreError::Busy(_) => Self::Outage(error.into()),
        }
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
    Fut: Future<Output = Result<(), RecordFailure>>,
{
    let results = futures_util::stream::iter(records.into_iter().map(handle)).buffered(at_once).collect::<Vec<_>>();
    match results.await.into_iter().enumerate().find_map(|(index, result)| Some((index, result.err()?))) {
        Some(failed) => Err(failed),
        None => Ok(()),
    }
}

/// How far a batch got: all of it, or up to (not including) the record of this index, with the reason.
pub type BatchResult = Result<(), (usize, RecordFailure)>;

type Handler = Arc<dyn Fn(Vec<Record>) -> BoxFuture<BatchResult> + Send + Sync>;

/// What a stream function works with: its own dependencies, and where poison goes.
#[derive(FromEnvironment)]
struct Consumer<D: FromEnvironment> {
    deps: D,
    set_aside: SetAside,
}

/// Runs a stream function whose handler takes whole batches. It must be idempotent: records repeat.
///
/// # Errors
/// Where the function cannot start or the runtime API fails.
pub fn serve<D, H, Fut>(handle: H) -> Result<(), Error>
where
    D: FromEnvironment,
    H: Fn(&'static D, Vec<Record>, Call) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = BatchResult> + Send + 'static,
{
    start(|consumer: &'static Consumer<D>| {
        let handler: Handler = Arc::new(move |records| Box::pin(handle(&consumer.deps, records, Call::begin())));
        run(handler, &consumer.set_aside)
    })
}

async fn run(handler: Handler, set_aside: &'static SetAside) -> Result<(), Error> {
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| {
        let handler = Arc::clone(&handler);
        let deadline = Deadline::of(&event.context);
        async move {
            let LambdaEvent { payload, context } = event;
            let keep = async |record: &Value, reason: &str| set_aside.keep(&context, record, reason).await;
            batch(&handler, payload, deadline, keep).await
        }
    }))
    .await
}

/// Handles a batch; the answer names the record from which on it is to come again.
async fn batch(
    handler: &Handler,
    event: Value,
    deadline: Deadline,
    keep: impl AsyncFn(&Value, &str) -> Result<(), Failure>,
) -> Result<DynamoDbEventResponse, Error> {
    let records = event["Records"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut response = DynamoDbEventResponse::default();
    let again_from = match outcome(handler, records, deadline).await? {
        Ok(()) => {
            tracing::info!(records = records.len(), "stream batch handled");
            return Ok(response);
        }
        Err((index, RecordFailure::Outage(reason))) => {
            tracing::error!(records = records.len(), index, error = %reason, "stream batch failed part way");
            index
        }
        Err((index, RecordFailure::Poison(reason))) => match keep(&records[index], &reason.to_string()).await {
            Ok(()) => {
                tracing::error!(records = records.len(), index, error = %reason, "a record was set aside");
                index + 1
            }
            Err(error) => {
                tracing::error!(index, error = %error, "a record could not be set aside, it comes again");
                index
            }
        },
    };
    if let Some(record) = records.get(again_from) {
        let mut failure = DynamoDbBatchItemFailure::default();
        failure.item_identifier = record["dynamodb"]["SequenceNumber"].as_str().map(str::to_owned);
        response.batch_item_failures.push(failure);
    }
    Ok(response)
}

/// How the handler fared. A record that cannot be read is poison like any other: those before it go first.
///
/// # Errors
/// Where the handler was interrupted over several records: the mapping bisects the batch until one is
/// left, which is then known to be the one.
async fn outcome(handler: &Handler, records: &[Value], deadline: Deadline) -> Result<BatchResult, Error> {
    let mut readable = Vec::with_capacity(records.len());
    let mut unreadable = Ok(());
    for (index, record) in records.iter().enumerate() {
        match Record::from_json(record.clone()) {
            Ok(record) => readable.push(record),
            Err(reason) => {
                unreadable = Err((index, RecordFailure::Poison(reason)));
                break;
            }
        }
    }
    if readable.is_empty() {
        return Ok(unreadable);
    }
    let several = readable.len() > 1;
    match deadline.hold(async { handler(readable).await }).await {
        Ok(result) => Ok(result.and(unreadable)),
        Err(interrupted) if several => Err(interrupted.into()),
        // What it waits for may be an outage; over what it panics, it panics again.
        Err(Interrupted::TimeIsOver) => Ok(Err((0, RecordFailure::Outage(Interrupted::TimeIsOver.into())))),
        Err(Interrupted::Panicked) => Ok(Err((0, RecordFailure::Poison(Interrupted::Panicked.into())))),
    }
}

#[cfg(test)]
mod tests;
