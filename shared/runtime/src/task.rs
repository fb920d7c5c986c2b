//! Functions that are a step of a state machine. Their errors have stable names, which the machine's
//! `Retry` and `Catch` use.

use std::sync::Arc;

use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use souk_domain::ids::OrderId;
use souk_wiring::{Call, FromEnvironment};

use crate::{
    BoxFuture, Error,
    invocation::{Deadline, Interrupted},
    reading, start,
};

/// A step that could not be done. `name` is part of the state machine's contract.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {detail}")]
pub struct TaskError {
    /// A stable name, such as `GatewayUnavailable`.
    pub name: &'static str,
    /// What happened, without anything of the customer.
    pub detail: String,
}

impl TaskError {
    /// An error of this name.
    pub fn new(name: &'static str, detail: impl std::fmt::Display) -> Self {
        Self { name, detail: detail.to_string() }
    }
}

impl From<TaskError> for Diagnostic {
    fn from(error: TaskError) -> Self {
        Self { error_type: error.name.to_owned(), error_message: error.detail }
    }
}

impl From<Interrupted> for TaskError {
    fn from(interrupted: Interrupted) -> Self {
        let name = match interrupted {
            // Whatever it waited for did not answer: the machine tries again.
            Interrupted::TimeIsOver => "StoreUnavailable",
            Interrupted::Panicked => "Panicked",
        };
        Self::new(name, interrupted)
    }
}

impl From<souk_dynamo::StoreError> for TaskError {
    fn from(error: souk_dynamo::StoreError) -> Self {
        let name = match error {
            souk_dynamo::StoreError::Unavailable(_) => "StoreUnavailable",
            souk_dynamo::StoreError::Busy(_) => "StoreBusy",
            souk_dynamo::StoreError::Corrupt(_) => "StoreCorrupt",
        };
        Self::new(name, error)
    }
}

/// What a step was given, as what it takes.
///
/// # Errors
/// `InvalidInput`.
pub fn parse<T: DeserializeOwned>(input: Value) -> Result<T, TaskError> {
    reading::from_value(input).map_err(|unreadable| TaskError::new("InvalidInput", unreadable))
}

type Handler = Arc<dyn Fn(Value) -> BoxFuture<Result<Value, TaskError>> + Send + Sync>;

/// Runs a step function. The handler must be idempotent: steps are retried, and machines run twice.
///
/// # Errors
/// Where the function cannot start or the runtime API fails.
pub fn serve<D, I, O, H, Fut>(handle: H) -> Result<(), Error>
where
    D: FromEnvironment,
    I: DeserializeOwned + Send + 'static,
    O: Serialize,
    H: Fn(&'static D, I, Call) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<O, TaskError>> + Send + 'static,
{
    let handle = Arc::new(handle);
    start(|deps: &'static D| {
        run(Arc::new(move |input| {
            let handle = Arc::clone(&handle);
            Box::pin(async move {
                let output = handle(deps, parse(input)?, Call::begin()).await?;
                serde_json::to_value(output).map_err(|_| TaskError::new("InvalidOutput", "it is no JSON"))
            })
        }))
    })
}

async fn run(handler: Handler) -> Result<(), Error> {
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| {
        let handler = Arc::clone(&handler);
        async move {
            let order_id = order_id(&event.payload);
            let deadline = Deadline::of(&event.context);
            let result = deadline.hold(async { handler(event.payload).await }).await;
            let result = result.unwrap_or_else(|interrupted| Err(interrupted.into()));
            match &result {
                Ok(output) => {
                    let outcome = output["outcome"].as_str().unwrap_or_default();
                    tracing::info!(order_id, outcome, "step done");
                }
                Err(error) => tracing::warn!(order_id, error = error.name, detail = error.detail, "step failed"),
            }
            result
        }
    }))
    .await
}

/// The order that a step is about: an input may hold anything, so nothing else of it is logged.
fn order_id(input: &Value) -> String {
    let id = input["order_id"].as_str().and_then(|text| text.parse::<OrderId>().ok());
    id.map(|id| id.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn of_an_input_nothing_but_the_orders_id_is_for_the_log() {
        let id = OrderId::of_request(&"5f0c".parse().unwrap(), "key").to_string();
        assert_eq!(order_id(&json!({"order_id": id, "name": "canary"})), id);
        for input in [json!({"order_id": "canary"}), json!({"order_id": 1}), json!("canary"), json!(null)] {
            assert_eq!(order_id(&input), "", "{input}");
        }
    }

    #[test]
    fn an_input_that_cannot_be_read_is_not_quoted() {
        let refused = parse::<u32>(json!("canary")).unwrap_err();
        assert_eq!((refused.name, refused.detail.as_str()), ("InvalidInput", "invalid type"));
    }
}
