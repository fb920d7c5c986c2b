//! Functions that run on a schedule. They find work that was left behind and report what they did.

use std::sync::Arc;

use lambda_runtime::{LambdaEvent, service_fn};
use serde::Serialize;
use serde_json::Value;

use crate::{BoxFuture, Error, FromEnvironment, metrics, queue::Failure, start};

type Handler = Arc<dyn Fn() -> BoxFuture<Result<Value, Failure>> + Send + Sync>;

/// Runs a scheduled function; what it returns is its report, logged and handed back to the invoker.
///
/// # Errors
/// Where the function cannot start or the runtime API fails.
pub fn serve<D, O, H, Fut>(handle: H) -> Result<(), Error>
where
    D: FromEnvironment,
    O: Serialize,
    H: Fn(&'static D) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<O, Failure>> + Send + 'static,
{
    let handle = Arc::new(handle);
    start(|deps: &'static D| {
        run(Arc::new(move || {
            let handle = Arc::clone(&handle);
            Box::pin(async move { Ok(serde_json::to_value(handle(deps).await?)?) })
        }))
    })
}

async fn run(handler: Handler) -> Result<(), Error> {
    lambda_runtime::run(service_fn(move |_: LambdaEvent<Value>| {
        let handler = Arc::clone(&handler);
        async move {
            let report = handler().await;
            match &report {
                Ok(report) => {
                    metrics::completed();
                    tracing::info!(report = %report, "scheduled run done");
                }
                Err(error) => tracing::error!(error = %error, "scheduled run failed"),
            }
            report
        }
    }))
    .await
}
