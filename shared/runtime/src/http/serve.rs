use std::{sync::Arc, time::Instant};

use lambda_http::{Adapter, service_fn, tower::ServiceExt as _};
use souk_wiring::{Call, FromEnvironment};

use super::{Asked, Caller, HttpResult, Problem, Request, edge::Edge, frequency::IfLimited, received::readable};
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
        run(&served.gate, Arc::new(move |request| Box::pin(handle(deps, request, Call::begin()))))
    })
}

/// What a handler works with, and what is asked before it.
#[derive(FromEnvironment)]
struct Served<D: FromEnvironment> {
    gate: Gate,
    deps: D,
}

/// What every request passes.
#[derive(FromEnvironment)]
struct Gate {
    edge: Edge,
    frequency: IfLimited,
}

async fn run(gate: &'static Gate, handler: Handler) -> Result<(), Error> {
    let service = service_fn(move |request: lambda_http::Request| {
        let handler = Arc::clone(&handler);
        async move { Ok::<_, std::convert::Infallible>(answer(gate, &handler, request.into()).await) }
    });
    lambda_runtime::run(Adapter::from(service).map_request(readable)).await
}

/// What holds on every route, whether its handler asks for a caller or not.
fn admit(gate: &Gate, request: &Request) -> Result<Option<Caller>, Problem> {
    gate.edge.admit(request)?;
    request.require_short_target()?;
    request.bearer()?;
    request.identified()
}

/// Refuses a caller who asks too often, where the route has a limit.
async fn keep_to_limit(gate: &Gate, caller: Option<&Caller>) -> Result<(), Problem> {
    let (Some(frequency), Some(caller)) = (&gate.frequency.0, caller) else { return Ok(()) };
    match frequency.count(&caller.user_id, souk_wiring::now()).await {
        Asked::WithinLimit => Ok(()),
        Asked::TooOften { again_after } => Err(Problem::too_many_requests(again_after.as_secs())),
    }
}

/// One request: the handler, its problem if any, and the one line that is logged about it.
async fn answer(gate: &Gate, handler: &Handler, request: Request) -> http::Response<lambda_http::Body> {
    let started = Instant::now();
    let (route, request_id) = (request.route(), request.id());
    let (is_head, seen) = (request.method() == http::Method::HEAD, request.seen().filter(|_| request.is_reading()));
    let (user_id, result) = match admit(gate, &request) {
        Ok(caller) => {
            let result = match keep_to_limit(gate, caller.as_ref()).await {
                Ok(()) => matching(handler, request).await,
                Err(problem) => Err(problem),
            };
            (caller.map(|caller| caller.user_id.to_string()), result)
        }
        Err(problem) => (None, Err(problem)),
    };
    let (user_id, ms) = (user_id.unwrap_or_default(), started.elapsed().as_millis() as u64);
    let response = match result {
        Ok(response) => {
            let response = response.unless_seen(seen.as_ref());
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
    if is_head { response.without_body().into_lambda() } else { response.into_lambda() }
}

/// How often a request that names several versions is tried, each time with the one that was just there.
const ATTEMPTS: usize = 3;

/// What the handler says to the one version that `If-Match` names; of several, or of any, to the one that is there. A
/// 412 says that nothing was done and which version is there, so the request can be handled once more.
async fn matching(handler: &Handler, request: Request) -> HttpResult {
    let wanted = match request.wanted() {
        Ok(Some(wanted)) if wanted.are_several() => wanted,
        // The handler refuses what it cannot read, where it takes the header at all.
        _ => return in_time(handler, request).await,
    };
    let mut result = in_time(handler, request.clone()).await;
    for _ in 1..ATTEMPTS {
        let present = result.as_ref().err().and_then(Problem::stale_against);
        let Some(present) = present.filter(|present| wanted.name(*present)) else { break };
        result = in_time(handler, request.clone().matching(present)).await;
    }
    result
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

    async fn gate(secrets: &[(&'static str, &str)]) -> Gate {
        let environment = souk_wiring::Environment::given(
            aws_config::SdkConfig::builder().behavior_version(aws_config::BehaviorVersion::latest()).build(),
            secrets.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(),
            souk_wiring::fetch::network(Duration::from_secs(1)),
        );
        Gate::from_environment(&environment).await.unwrap()
    }

    async fn status(secrets: &[(&'static str, &str)], request: Request) -> u16 {
        let handler: Handler = Arc::new(|_| Box::pin(async { Ok(Response::empty(204)) }));
        answer(&gate(secrets).await, &handler, request).await.status().as_u16()
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

    fn asked(method: &str, name: &str, value: &str) -> Request {
        let request = http::Request::builder().method(method).header(name, value);
        Request::from(request.body(lambda_http::Body::Empty).unwrap())
    }

    async fn answered(handler: &Handler, request: Request) -> http::Response<lambda_http::Body> {
        answer(&gate(&[]).await, handler, request).await
    }

    #[tokio::test]
    async fn of_several_versions_the_one_that_is_there_is_changed() {
        // What stands at version 3; it tells which version it was asked to change.
        let handler: Handler = Arc::new(|request: Request| {
            Box::pin(async move {
                match request.if_match()? {
                    None => Err(Problem::precondition_required()),
                    Some(3) => Ok(Response::empty(204)),
                    Some(_) => Err(Problem::stale(3)),
                }
            })
        });
        for named in ["\"3\"", "W/\"3\"", "*", "\"1\", \"3\"", "\"3\", \"4\""] {
            assert_eq!(answered(&handler, asked("PUT", "if-match", named)).await.status(), 204, "{named}");
        }
        for other in ["\"1\"", "\"1\", \"2\""] {
            assert_eq!(answered(&handler, asked("PUT", "if-match", other)).await.status(), 412, "{other}");
        }
        assert_eq!(answered(&handler, asked("PUT", "if-match", "\"+3\"")).await.status(), 400);
        assert_eq!(answered(&handler, asked("PUT", "accept", "*/*")).await.status(), 428);
    }

    #[tokio::test]
    async fn what_moves_all_the_time_is_not_tried_for_ever() {
        let tries = Arc::new(std::sync::atomic::AtomicU64::new(0));
        let counted = Arc::clone(&tries);
        let handler: Handler = Arc::new(move |_| {
            let present = counted.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
            Box::pin(async move { Err(Problem::stale(present)) })
        });
        assert_eq!(answered(&handler, asked("PUT", "if-match", "*")).await.status(), 412);
        assert_eq!(tries.load(std::sync::atomic::Ordering::Relaxed), ATTEMPTS as u64);
        let nothing: Handler = Arc::new(|_| Box::pin(async { Err(Problem::nothing_to_match()) }));
        assert_eq!(answered(&nothing, asked("PUT", "if-match", "*")).await.status(), 412);
    }

    #[tokio::test]
    async fn a_good_copy_is_304_and_head_has_no_body() {
        let handler: Handler = Arc::new(|_| {
            Box::pin(async { Ok(Response::json(200, &"x").revision(3).header("cache-control", "public")) })
        });
        for method in ["GET", "HEAD"] {
            let known = answered(&handler, asked(method, "if-none-match", "W/\"3\"")).await;
            assert_eq!((known.status().as_u16(), known.body().is_empty()), (304, true), "{method}");
            assert_eq!(
                (&known.headers()["etag"], &known.headers()["cache-control"]),
                (&"\"3\"".parse().unwrap(), &"public".parse().unwrap())
            );
            assert!(!known.headers().contains_key("content-type"));
            let other = answered(&handler, asked(method, "if-none-match", "\"+3\"")).await;
            assert_eq!((other.status().as_u16(), other.body().is_empty()), (200, method == "HEAD"), "{method}");
            assert_eq!(other.headers()["content-type"], "application/json");
        }
        let put = answered(&handler, asked("PUT", "if-none-match", "\"3\"")).await;
        assert_eq!(put.status(), 200);
        let missing: Handler = Arc::new(|_| Box::pin(async { Err(Problem::not_found("thing")) }));
        let head = answered(&missing, asked("HEAD", "accept", "*/*")).await;
        assert_eq!((head.status().as_u16(), head.body().is_empty()), (404, true));
    }

    #[tokio::test]
    async fn every_answer_says_nosniff_and_how_long_it_is_kept() {
        let found: Handler = Arc::new(|_| Box::pin(async { Ok(Response::empty(204)) }));
        let missing: Handler = Arc::new(|_| Box::pin(async { Err(Problem::not_found("thing")) }));
        for (handler, kept) in [(found, "private, no-store"), (missing, "no-store")] {
            let answer = answered(&handler, asked("GET", "accept", "*/*")).await;
            assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
            assert_eq!(answer.headers()["cache-control"], kept);
        }
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
