//! What the emulator asks of the host.
//!
//! | request | what it does |
//! |---|---|
//! | `PUT /functions/{name}` | says how a function is started ([`Definition`]) |
//! | `POST /functions/{name}/invocations` | runs it: a line of JSON about the invocation, then the event |
//! | `DELETE /functions/{prefix}` | forgets functions and ends their instances |
//!
//! The answer to an invocation is a line of JSON (`Report`) and then the function's own answer; 404 where
//! the function was not said to be one, 429 where the line was too long.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::{get, post, put},
};
use bytes::Bytes;
use http::StatusCode;
use serde::{Deserialize, Serialize};

use crate::{
    host::{Host, Outcome},
    instance::Definition,
    runtime_api::{Invocation, Kind},
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    request_id: String,
    function_arn: String,
    trace_id: Option<String>,
}

#[derive(Debug, Serialize)]
struct Report {
    failed: bool,
    log: String,
}

/// The emulator's routes.
pub fn routes(host: Arc<Host>) -> Router {
    Router::new()
        .route("/health", get(async || "ok"))
        .route("/functions/{name}", put(define).delete(forget))
        .route("/functions/{name}/invocations", post(invoke))
        .with_state(host)
}

async fn define(State(host): State<Arc<Host>>, Path(name): Path<String>, Json(definition): Json<Definition>) {
    host.define(&name, definition);
}

async fn forget(State(host): State<Arc<Host>>, Path(prefix): Path<String>) {
    host.forget(&prefix);
}

async fn invoke(State(host): State<Arc<Host>>, Path(name): Path<String>, mut body: Bytes) -> Response {
    let Some(invocation) = read(&mut body) else { return StatusCode::BAD_REQUEST.into_response() };
    match host.invoke(&name, invocation).await {
        Outcome::Answered { kind, payload, log } => report(&Report { failed: kind == Kind::Error, log }, &payload),
        Outcome::Throttled => StatusCode::TOO_MANY_REQUESTS.into_response(),
        Outcome::Unknown => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The first line says whose invocation it is, the rest is the event.
fn read(body: &mut Bytes) -> Option<Invocation> {
    let end = body.iter().position(|byte| *byte == b'\n')?;
    let line = body.split_to(end + 1);
    let Order { request_id, function_arn, trace_id } = serde_json::from_slice(&line).ok()?;
    Some(Invocation { request_id, function_arn, trace_id, payload: body.clone() })
}

fn report(report: &Report, payload: &[u8]) -> Response {
    match serde_json::to_vec(report) {
        Ok(mut body) => {
            body.push(b'\n');
            body.extend_from_slice(payload);
            body.into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
