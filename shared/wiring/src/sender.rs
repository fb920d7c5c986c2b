use aws_sdk_sqs::Client;
use serde::Serialize;
use souk_dynamo::sdk_failure;

use crate::{ConfigError, Environment, FromVariable};

/// A queue that messages are sent to.
#[derive(Debug, Clone)]
pub struct Sender {
    client: Client,
    url: String,
}

/// A message that may or may not have been sent.
#[derive(Debug, thiserror::Error)]
#[error("a message was not sent: {0}")]
pub struct SendError(String);

/// The queue of this URL.
impl FromVariable for Sender {
    fn from_variable(environment: &Environment, name: &'static str) -> Result<Self, ConfigError> {
        Ok(Self { client: Client::new(&environment.aws), url: environment.required(name)? })
    }
}

impl Sender {
    /// Sends a message as JSON, to be received after so many seconds (900 at the most).
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn send(&self, message: &impl Serialize, delay_seconds: u16) -> Result<(), SendError> {
        let body = serde_json::to_string(message).map_err(|error| SendError(error.to_string()))?;
        let call =
            self.client.send_message().queue_url(&self.url).delay_seconds(delay_seconds.into()).message_body(body);
        call.send().await.map(drop).map_err(|error| SendError(sdk_failure(&error)))
    }
}
