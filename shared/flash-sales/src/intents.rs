use aws_sdk_sqs::{Client, types::QueueAttributeName};
use souk_dynamo::sdk_failure;
use souk_events::flash_sales::PurchaseIntent;
use souk_wiring::{ConfigError, Environment, FromEnvironment};

const QUEUE_URL: &str = "INTENTS_URL";

/// The queue did not answer as hoped. A send may have taken effect: send again, and never give the
/// claim back for it.
#[derive(Debug, thiserror::Error)]
#[error("the intents queue: {0}")]
pub struct QueueError(String);

/// The queue on which claims travel to become orders, and where those end that cannot.
#[derive(Debug, Clone)]
pub struct Intents {
    client: Client,
    queue_url: String,
}

impl FromEnvironment for Intents {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self::new(Client::new(&environment.aws), environment.required(QUEUE_URL)?))
    }
}

impl Intents {
    /// The queue at this URL.
    pub fn new(client: Client, queue_url: impl Into<String>) -> Self {
        Self { client, queue_url: queue_url.into() }
    }

    /// Sends an intent. Sending it again is safe: the order that it becomes is the same.
    ///
    /// # Errors
    /// [`QueueError`] where it may or may not have been sent.
    pub async fn send(&self, intent: &PurchaseIntent) -> Result<(), QueueError> {
        let body = serde_json::to_string(intent).map_err(|error| QueueError(error.to_string()))?;
        let call = self.client.send_message().queue_url(&self.queue_url).message_body(body);
        call.send().await.map_err(|error| QueueError(sdk_failure(&error)))?;
        Ok(())
    }
}

/// The intents queue together with its dead-letter queue, as the sweeper sees them.
#[derive(Debug, Clone)]
pub struct IntentsBacklog {
    client: Client,
    queue_urls: [String; 2],
}

/// The three places where a message can be: to be had, with a receiver, or not yet due.
const COUNTS: [QueueAttributeName; 3] = [
    QueueAttributeName::ApproximateNumberOfMessages,
    QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
    QueueAttributeName::ApproximateNumberOfMessagesDelayed,
];

impl FromEnvironment for IntentsBacklog {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        let (queue, dead_letters) =
            (environment.required(QUEUE_URL)?, environment.required("INTENTS_DEAD_LETTERS_URL")?);
        Ok(Self::new(Client::new(&environment.aws), queue, dead_letters))
    }
}

impl IntentsBacklog {
    /// The queues at these URLs.
    pub fn new(client: Client, queue_url: impl Into<String>, dead_letters_url: impl Into<String>) -> Self {
        Self { client, queue_urls: [queue_url.into(), dead_letters_url.into()] }
    }

    /// True where both queues look empty. The numbers are approximate: it is a reason to wait, not a
    /// proof, and the tombstone order stands in for the proof.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn is_drained(&self) -> Result<bool, QueueError> {
        for url in &self.queue_urls {
            let call = self.client.get_queue_attributes().queue_url(url).set_attribute_names(Some(COUNTS.to_vec()));
            let answer = call.send().await.map_err(|error| QueueError(sdk_failure(&error)))?;
            let attributes = answer.attributes.unwrap_or_default();
            // A number that is missing or unreadable is not a zero.
            if !COUNTS.iter().all(|name| attributes.get(name).is_some_and(|count| count == "0")) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
