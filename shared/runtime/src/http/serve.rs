use std::{sync::Arc, time::Instant};

use lambda_http::service_fn;

use super::{HttpResult, Request};
use crate::{BoxFuture, Error, FromEnvironment, start};

type Handler = Arc<dyn Fn(Request) -> BoxFuture<HttpResult> + Send + Sync>;

/// Runs an HTTP function until its instance ends.
///
/// # Errors
/// Where the function cannot start or the runtime API fails.
pub fn serve<D, H, Fut>(handle: H) -> Result<(), Error>
where
    D: FromEnvironment,
    H: Fn(&'static D, Request) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = HttpResult> + Send + 'static,
{
    start(|deps: &'static D| run(Arc::new(move |request| Box::pin(handle(deps, request)))))
}

async fn run(handler: Handler) -> Result<(), Error> {
    lambda_http::run(service_fn(move |request: lambda_http::Request| {
        let handler = Arc::clone(&handler);
        async move { Ok::<_, std::convert::Infallible>(answer(&handler, request.into()).await) }
    }))
    .await
}

/// One request: the handler, its problem if any, and the one line that is logged about it.
async fn answer(handler: &Handler, request: Request) -> http::Response<lambda_http::Body> {
    let started = Instant::now();
    let (route, request_id) = (request.route(), request.id());
    let user_id = request.caller().map(|caller| caller.user_id.to_string()).unwrap_or_default();
    let result = handler(request).await;
    let ms = started.elapsed().as_millis() as u64;
    let response = match result {
        Ok(response) => {
            tracing::info!(route, request_id, user_id, status = response.status, ms, "request answered");
            response
        }
        Err(problem) if problem.status >= 500 => {
            let (kind, cause) = (problem.kind, problem.cause().unwrap_or_default());
            tracing::error!(route, request_id, user_id, status = problem.status, ms, kind, cause, "request failed");
            problem.into_response(&request_id)
        }
        Err(problem) => {
            let (kind, detail) = (problem.kind, problem.detail());
            tracing::info!(route, request_id, user_id, status = problem.status, ms, kind, detail, "request refused");
            problem.into_response(&request_id)
        }
    };
    response.into_lambda()
}
