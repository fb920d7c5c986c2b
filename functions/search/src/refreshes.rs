//! The queue through which a changed name reaches the pages that show it.

use aws_sdk_sqs::{Client, types::SendMessageBatchRequestEntry};
use souk_dynamo::sdk_failure;
use souk_events::search::PageRefresh;
use souk_runtime::queue::Failure;
use souk_wiring::{ConfigError, Environment, FromEnvironment};

/// SQS takes this many messages in one call.
const MESSAGES_PER_CALL: usize = 10;

/// The queue `page-refreshes`. Its messages are delayed a little: the index that lists a category's or
/// seller's products has then caught up with whatever was written before the name was.
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
    /// Sends refreshes; some may be sent twice, which does no harm.
    pub(crate) async fn send(&self, refreshes: &[PageRefresh]) -> Result<(), Failure> {
        for chunk in refreshes.chunks(MESSAGES_PER_CALL) {
            let mut call = self.client.send_message_batch().queue_url(&self.queue_url);
            for (id, refresh) in chunk.iter().enumerate() {
                let body = serde_json::to_string(refresh)?;
                call = call
                    .entries(SendMessageBatchRequestEntry::builder().id(id.to_string()).message_body(body).build()?);
            }
            let answer = call.send().await.map_err(|error| sdk_failure(&error))?;
            if let Some(failed) = answer.failed().first() {
                return Err(failed.message().unwrap_or("a message was refused").to_owned().into());
            }
        }
        Ok(())
    }
}
