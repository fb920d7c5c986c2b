//! Functions that are a step of a state machine. Their errors have stable names, which the machine's
//! `Retry` and `Catch` use.

use std::sync::Arc;

use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{BoxFuture, Error, FromEnvironment, start};

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
    H: Fn(&'static D, I) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<O, TaskError>> + Send + 'static,
{
    let handle = Arc::new(handle);
    start(|deps: &'static D| {
        run(Arc::new(move |input| {
            let handle = Arc::clone(&handle);
            Box::pin(async move {
                let input = serde_json::from_value(input).map_err(|e| TaskError::new("InvalidInput", e))?;
                let output = handle(deps, input).await?;
                serde_json::to_value(output).map_err(|e| TaskError::new("InvalidOutput", e))
            })
        }))
    })
}

async fn run(handler: Handler) -> Result<(), Error> {
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| {
        let handler = Arc::clone(&handler);
        async move {
            let input = loggable(&event.payload);
            let result = handler(event.payload).await;
            match &result {
                Ok(output) => tracing::info!(input, output = %output, "step done"),
                Err(error) => tracing::warn!(input, error = error.name, detail = error.detail, "step failed"),
            }
            result
        }
    }))
    .await
}

/// CloudFormation's answer address is signed: whoever reads it could answer in the function's place.
fn loggable(input: &Value) -> String {
    let mut input = input.clone();
    if let Some(fields) = input.as_object_mut() {
        fields.remove("ResponseURL");
    }
    input.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signed_address_is_not_logged() {
        let input = serde_json::json!({ "RequestType": "Create", "ResponseURL": "https://x.example/?signature=1" });
        assert_eq!(loggable(&input), r#"{"RequestType":"Create"}"#);
    }
}
