//! Functions that run on a schedule. They find work that was left behind and report what they did.

use std::sync::Arc;

use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use serde::Serialize;
use serde_json::Value;
use souk_wiring::{Call, FromEnvironment, metrics};

use crate::{BoxFuture, Error, invocation::Deadline, queue::Failure, start};

type Handler = Arc<dyn Fn() -> BoxFuture<Result<Value, Failure>> + Send + Sync>;

/// Runs a scheduled function; what it returns is its report, logged and handed back to the invoker.
///
/// # Errors
/// Where the function cannot start or the runtime API fails.
pub fn serve<D, O, H, Fut>(handle: H) -> Result<(), Error>
where
    D: FromEnvironment,
    O: Serialize,
    H: Fn(&'static D, Call) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<O, Failure>> + Send + 'static,
{
    let handle = Arc::new(handle);
    start(|deps: &'static D| {
        run(Arc::new(move || {
            let handle = Arc::clone(&handle);
            Box::pin(async move { Ok(serde_json::to_value(handle(deps, Call::begin()).await?)?) })
        }))
    })
}

async fn run(handler: Handler) -> Result<(), Error> {
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| {
        let handler = Arc::clone(&handler);
        async move {
            let report = Deadline::of(&event.context).hold(async { handler().await }).await;
            let report = report.unwrap_or_else(|interrupted| Err(interrupted.into()));
            match &report {
                Ok(report) => {
                    metrics::completed();
                    tracing::info!(report = %report, "scheduled run done");
                }
                Err(error) => tracing::error!(error = %error, "scheduled run failed"),
            }
            // Its words alone: the runtime logs an error with all that it holds.
            report.map_err(|error| Diagnostic {
                error_type: "ScheduledRunFailed".to_owned(),
                error_message: error.to_string(),
            })
        }
    }))
    .await
}
