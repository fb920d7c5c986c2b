//! The queue through which a changed name reaches the pages that show it.

use aws_sdk_sqs::{Client, types::SendMessageBatchRequestEntry};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use souk_dynamo::sdk_failure;
use souk_events::search::{NameOf, PageRefresh};
use souk_runtime::queue::Failure;
use souk_wiring::{ConfigError, Environment, FromEnvironment};

/// SQS takes this many messages in one call.
const MESSAGES_PER_CALL: usize = 10;
const CALLS_AT_ONCE: usize = 8;
/// A rename begins a little late: the index that lists a category's or seller's products has then caught up
/// with whatever was written before the name was.
const BEGINS_AFTER: i32 = 5;

/// The queue `page-refreshes`.
#[derive(Debug)]
pub(crate) struct Refreshes {
    client: Client,
    queue_url: String,
}

impl FromEnvironment for Refreshes {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self { client: Client::new(&environment.aws), queue_url: environment.required("PAGE_REFRESHES_URL")? })
    }
}

impl Refreshes {
    /// A category or seller has this version now.
    pub(crate) async fn begin(&self, name: NameOf, version: u64) -> Result<(), Failure> {
        self.call(&[PageRefresh::begin(name, version)], BEGINS_AFTER).await
    }

    /// Sends refreshes; some may be sent twice, which does no harm.
    pub(crate) async fn send(&self, refreshes: &[PageRefresh]) -> Result<(), Failure> {
        let chunks: Vec<_> = refreshes.chunks(MESSAGES_PER_CALL).map(<[_]>::to_vec).collect();
        let calls = chunks.into_iter().map(|chunk| async move { self.call(&chunk, 0).await });
        stream::iter(calls).buffer_unordered(CALLS_AT_ONCE).try_collect().await
    }

    async fn call(&self, refreshes: &[PageRefresh], delay_seconds: i32) -> Result<(), Failure> {
        let mut call = self.client.send_message_batch().queue_url(&self.queue_url);
        for (id, refresh) in refreshes.iter().enumerate() {
            let body = serde_json::to_string(refresh)?;
            let entry = SendMessageBatchRequestEntry::builder().id(id.to_string()).delay_seconds(delay_seconds);
            call = call.entries(entry.message_body(body).build()?);
        }
        let answer = call.send().await.map_err(|error| sdk_failure(&error))?;
        match answer.failed().first() {
            Some(failed) => Err(failed.message().unwrap_or("a message was refused").to_owned().into()),
            None => Ok(()),
        }
    }
}
