use std::{sync::Arc, time::Instant};

use lambda_http::service_fn;
use souk_wiring::{Call, FromEnvironment};

use super::{Caller, HttpResult, Problem, Request, edge::Edge};
use crate::{
    BoxFuture, Error,
    invocation::{Deadline, Interrupted},
    start,
};

type Handler = Arc<dyn Fn(Request) -> BoxFuture<HttpResult> + Send + Sync>;

/// Runs an HTTP function until its instance ends.
///
/// # Errors
/// Where the function cannot start or the runtime API fails.
pub fn serve<D, H, Fut>(handle: H) -> Result<(), Error>
where
    D: FromEnvironment,
    H: Fn(&'static D, Request, Call) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = HttpResult> + Send + 'static,
{
    start(|served: &'static Served<D>| {
        let deps = &served.deps;
        run(&served.edge, Arc::new(move |request| Box::pin(handle(deps, request, Call::begin()))))
    })
}

/// What a handler works with, and what is asked before it.
#[derive(FromEnvironment)]
struct Served<D: FromEnvironment> {
    edge: Edge,
    deps: D,
}

async fn run(edge: &'static Edge, handler: Handler) -> Result<(), Error> {
    lambda_http::run(service_fn(move |request: lambda_http::Request| {
        let handler = Arc::clone(&handler);
        async move { Ok::<_, std::convert::Infallible>(answer(edge, &handler, request.into()).await) }
    }))
    .await
}

/// What holds on every route, whether its handler asks for a caller or not.
fn admit(edge: &Edge, request: &Request) -> Result<Option<Caller>, Problem> {
    edge.admit(request)?;
    request.bearer()?;
    request.identified()
}

/// One request: the handler, its problem if any, and the one line that is logged about it.
async fn answer(edge: &Edge, handler: &Handler, request: Request) -> http::Response<lambda_http::Body> {
    let started = Instant::now();
    let (route, request_id) = (request.route(), request.id());
    let (user_id, result) = match admit(edge, &request) {
        Ok(caller) => (caller.map(|caller| caller.user_id.to_string()), in_time(handler, request).await),
        Err(problem) => (None, Err(problem)),
    };
    let (user_id, ms) = (user_id.unwrap_or_default(), started.elapsed().as_millis() as u64);
    let response = match result {
        Ok(response) => {
            tracing::info!(route, request_id, user_id, status = response.status, ms, "request answered");
            response
        }
        Err(problem) => {
            let (status, kind, about) = (problem.status(), problem.kind.name, problem.about());
            if status >= 500 {
                let cause = problem.cause().unwrap_or_default();
                tracing::error!(route, request_id, user_id, status, ms, kind, cause, "request failed");
            } else {
                tracing::info!(route, request_id, user_id, status, ms, kind, about, "request refused");
            }
            problem.into_response(&request_id)
        }
    };
    response.into_lambda()
}

/// What the handler says, or the problem that it could not say itself: better than the gateway's own.
async fn in_time(handler: &Handler, request: Request) -> HttpResult {
    match request.deadline() {
        Some(deadline) => hold(deadline, handler(request)).await,
        None => handler(request).await,
    }
}

async fn hold(deadline: Deadline, handler: impl Future<Output = HttpResult>) -> HttpResult {
    deadline.hold(handler).await.unwrap_or_else(|interrupted| match interrupted {
        Interrupted::TimeIsOver => Err(Problem::try_again(interrupted)),
        Interrupted::Panicked => Err(Problem::internal(interrupted)),
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use super::*;
    use crate::http::Response;

    /// A request as API Gateway hands it over, with these claims where its route has an authorizer.
    fn request(headers: Value, claims: Option<Value>) -> Request {
        let event = json!({
            "version": "2.0", "routeKey": "GET /x", "rawPath": "/x", "rawQueryString": "", "headers": headers,
            "requestContext": {
                "http": {"method": "GET", "path": "/x"}, "requestId": "r", "routeKey": "GET /x", "stage": "$default",
                "authorizer": claims.map(|claims| json!({"jwt": {"claims": claims, "scopes": []}})),
            },
            "isBase64Encoded": false,
        });
        lambda_http::request::from_str(&event.to_string()).unwrap().into()
    }

    async fn status(edge: &[(&'static str, &str)], request: Request) -> u16 {
        let environment = souk_wiring::Environment::given(
            aws_config::SdkConfig::builder().behavior_version(aws_config::BehaviorVersion::latest()).build(),
            edge.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(),
            souk_wiring::fetch::network(Duration::from_secs(1)),
        );
        let handler: Handler = Arc::new(|_| Box::pin(async { Ok(Response::empty(204)) }));
        answer(&Edge::from_environment(&environment).await.unwrap(), &handler, request).await.status().as_u16()
    }

    #[tokio::test]
    async fn whoever_comes_past_the_edge_is_refused_before_anything_else() {
        let edge = [("EDGE_SECRET", "now"), ("EDGE_SECRET_BEFORE", "before")];
        for (secret, answer) in [("now", 204), ("before", 204), ("other", 403)] {
            assert_eq!(status(&edge, request(json!({"souk-edge-secret": secret}), None)).await, answer, "{secret}");
        }
        assert_eq!(status(&edge, request(json!({"authorization": "Basic x"}), None)).await, 403);
        assert_eq!(status(&[], request(json!({}), None)).await, 204);
    }

    #[tokio::test]
    async fn an_authorizer_that_lets_in_another_token_than_an_access_token_is_overruled() {
        let claims = |used_as: &str| Some(json!({"sub": "5f0c", "aud": "shop", "token_use": used_as}));
        assert_eq!(status(&[], request(json!({}), claims("access"))).await, 204);
        assert_eq!(status(&[], request(json!({}), claims("id"))).await, 401);
        assert_eq!(status(&[], request(json!({}), Some(json!({"sub": "5f0c"})))).await, 401);
    }

    #[tokio::test]
    async fn an_unclear_authorization_is_refused_on_every_route() {
        for unclear in ["Bearer tök", "Bearer", "Basic YTpi", "Bearer a, Bearer a"] {
            assert_eq!(status(&[], request(json!({"authorization": unclear}), None)).await, 401, "{unclear}");
        }
        assert_eq!(status(&[], request(json!({"authorization": "Bearer a.b.c"}), None)).await, 204);
    }

    #[tokio::test]
    async fn a_handler_that_hangs_or_panics_is_answered_for() {
        let soon = Deadline::after(Duration::from_millis(20));
        let late = hold(soon, std::future::pending()).await.unwrap_err();
        assert_eq!((late.status(), late.kind.name), (503, "try-again"));
        assert_eq!(late.into_response("r").get_header("retry-after"), Some("1"));
        let panicked =
            hold(Deadline::after(Duration::from_secs(5)), async { panic!("as it must not") }).await.unwrap_err();
        assert_eq!((panicked.status(), panicked.kind.name), (500, "internal"));
    }
}
