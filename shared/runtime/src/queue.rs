//! Functions behind an SQS queue. Each message is handled by itself; only those that fail come back.

use std::sync::Arc;

use aws_lambda_events::event::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use lambda_runtime::{LambdaEvent, service_fn};
use serde::de::DeserializeOwned;
use souk_wiring::{Call, FromEnvironment};

use crate::{BoxFuture, Error, invocation::Deadline, reading, start};

/// One message: its parsed body and how often it was delivered (1 at first).
#[derive(Debug, Clone)]
pub struct Message<T> {
    /// The parsed body.
    pub body: T,
    /// SQS's id of the message.
    pub id: String,
    /// How often it has been handed out, this time included.
    pub receive_count: u32,
}

/// Why a message is not done; it comes back, and in the end goes to the dead-letter queue.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

type Handler = Arc<dyn Fn(SqsMessage) -> BoxFuture<Result<(), Failure>> + Send + Sync>;

/// Runs a queue function. The handler must be idempotent: SQS delivers at least once.
///
/// # Errors
/// Where the function cannot start or the runtime API fails.
pub fn serve<D, T, H, Fut>(handle: H) -> Result<(), Error>
where
    D: FromEnvironment,
    T: DeserializeOwned + Send + 'static,
    H: Fn(&'static D, Message<T>, Call) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<(), Failure>> + Send + 'static,
{
    start(|deps: &'static D| {
        run(Arc::new(move |raw| match parse(raw) {
            Ok(message) => Box::pin(handle(deps, message, Call::begin())),
            Err(error) => Box::pin(std::future::ready(Err(error))),
        }))
    })
}

fn parse<T: DeserializeOwned>(raw: SqsMessage) -> Result<Message<T>, Failure> {
    let body = reading::from_slice(raw.body.as_deref().unwrap_or_default().as_bytes())?;
    let receive_count = raw.attributes.get("ApproximateReceiveCount").and_then(|count| count.parse().ok()).unwrap_or(1);
    Ok(Message { body, id: raw.message_id.unwrap_or_default(), receive_count })
}

async fn run(handler: Handler) -> Result<(), Error> {
    lambda_runtime::run(service_fn(move |event: LambdaEvent<SqsEvent>| {
        let handler = Arc::clone(&handler);
        let deadline = Deadline::of(&event.context);
        async move { Ok::<_, Error>(batch(&handler, event.payload, deadline).await) }
    }))
    .await
}

/// Handles each message within what is left of the function's time; those that are not reached come back.
async fn batch(handler: &Handler, event: SqsEvent, deadline: Deadline) -> SqsBatchResponse {
    let mut response = SqsBatchResponse::default();
    for message in event.records {
        let message_id = message.message_id.clone().unwrap_or_default();
        let handled = deadline.hold(async { handler(message).await }).await;
        match handled.unwrap_or_else(|interrupted| Err(interrupted.into())) {
            Ok(()) => tracing::info!(message_id, "message handled"),
            Err(error) => {
                tracing::error!(message_id, error = %error, "message failed, it will come back");
                let mut failure = BatchItemFailure::default();
                failure.item_identifier = message_id;
                response.batch_item_failures.push(failure);
            }
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicUsize, Ordering},
        time::Duration,
    };

    use super::*;

    async fn failed(handler: &Handler, event: SqsEvent, within: Duration) -> Vec<String> {
        let response = batch(handler, event, Deadline::after(within)).await;
        response.batch_item_failures.into_iter().map(|failure| failure.item_identifier).collect()
    }

    fn message(id: &str, body: &str) -> SqsMessage {
        let mut message = SqsMessage::default();
        message.message_id = Some(id.to_owned());
        message.body = Some(body.to_owned());
        message
    }

    #[tokio::test]
    async fn only_the_messages_that_failed_come_back() {
        let handler: Handler = Arc::new(|raw| {
            let parsed = parse::<i32>(raw).and_then(|m| if m.body < 0 { Err("negative".into()) } else { Ok(()) });
            Box::pin(std::future::ready(parsed))
        });
        let mut event = SqsEvent::default();
        event.records = vec![message("good", "1"), message("bad", "-1"), message("poison", "{"), message("fine", "2")];
        assert_eq!(failed(&handler, event, Duration::from_secs(5)).await, ["bad", "poison"]);
    }

    #[tokio::test]
    async fn what_hangs_or_panics_comes_back_and_what_is_not_reached_is_not_begun() {
        let begun = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&begun);
        let handler: Handler = Arc::new(move |raw| {
            count.fetch_add(1, Ordering::SeqCst);
            match raw.message_id.as_deref() {
                Some("hangs") => Box::pin(std::future::pending()),
                Some("panics") => Box::pin(async { panic!("as it must not") }),
                _ => Box::pin(std::future::ready(Ok(()))),
            }
        });
        let mut event = SqsEvent::default();
        event.records = ["fine", "panics", "hangs", "late"].map(|id| message(id, "1")).into();
        assert_eq!(failed(&handler, event, Duration::from_millis(50)).await, ["panics", "hangs", "late"]);
        assert_eq!(begun.load(Ordering::SeqCst), 3);
    }

    #[test]
    fn a_body_that_cannot_be_read_is_not_quoted() {
        let refused = parse::<i32>(message("m", r#""canary""#)).unwrap_err();
        assert_eq!(refused.to_string(), "invalid type");
    }
}
