//! What a function's instance asks: the Runtime API, at an address of its own for each instance.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use axum::{
    Json, Router,
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use bytes::Bytes;
use http::StatusCode;
use serde_json::json;
use tokio::sync::{Mutex as AsyncMutex, mpsc};

/// One piece of work for an instance.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// Names the invocation in the Runtime API and in the logs.
    pub request_id: String,
    /// The function, with the alias or version that was called.
    pub function_arn: String,
    /// X-Ray's header, where the function is traced.
    pub trace_id: Option<String>,
    /// The event.
    pub payload: Bytes,
}

/// An invocation on its way to an instance.
#[derive(Debug)]
pub struct Work {
    /// What to do.
    pub invocation: Invocation,
    /// When the instance is ended, done or not.
    pub deadline: SystemTime,
}

/// Whether the function returned or failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It returned this.
    Response,
    /// It failed, and says how.
    Error,
}

/// What an instance says.
#[derive(Debug)]
pub enum Event {
    /// It is ready for work.
    AsksForWork,
    /// It has done a piece of it.
    Answer {
        /// Of the invocation.
        request_id: String,
        /// How it ended.
        kind: Kind,
        /// What it returned.
        payload: Bytes,
    },
    /// It cannot start.
    InitError(Bytes),
}

/// The host's end of an instance.
#[derive(Debug)]
pub struct Link {
    work: AsyncMutex<mpsc::Receiver<Work>>,
    said: mpsc::UnboundedSender<Event>,
}

impl Link {
    /// A link that hands out work and passes on what the instance says.
    #[must_use]
    pub fn new(work: mpsc::Receiver<Work>, said: mpsc::UnboundedSender<Event>) -> Self {
        Self { work: AsyncMutex::new(work), said }
    }
}

/// The instances that run, by their ids.
#[derive(Debug)]
pub struct Links {
    port: u16,
    next: AtomicU64,
    links: Mutex<HashMap<String, Arc<Link>>>,
}

impl Links {
    /// None yet, reached through this port.
    #[must_use]
    pub fn new(port: u16) -> Self {
        Self { port, next: AtomicU64::new(1), links: Mutex::default() }
    }

    /// Adds an instance; its id.
    pub fn add(&self, link: Link) -> String {
        let id = format!("i{}", self.next.fetch_add(1, Ordering::Relaxed));
        self.links().insert(id.clone(), Arc::new(link));
        id
    }

    /// Forgets an instance: what it still says is refused.
    pub fn remove(&self, id: &str) {
        self.links().remove(id);
    }

    /// What an instance takes for the Runtime API's address.
    #[must_use]
    pub fn address_of(&self, id: &str) -> String {
        format!("http://127.0.0.1:{}/instances/{id}", self.port)
    }

    fn find(&self, id: &str) -> Option<Arc<Link>> {
        self.links().get(id).cloned()
    }

    fn links(&self) -> MutexGuard<'_, HashMap<String, Arc<Link>>> {
        self.links.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The Runtime API's routes.
pub fn routes(links: Arc<Links>) -> Router {
    let invocation = "/instances/{instance}/2018-06-01/runtime/invocation";
    Router::new()
        .route(&format!("{invocation}/next"), get(next))
        .route(&format!("{invocation}/{{request}}/response"), post(respond))
        .route(&format!("{invocation}/{{request}}/error"), post(fail))
        .route("/instances/{instance}/2018-06-01/runtime/init/error", post(fail_to_start))
        .with_state(links)
}

async fn next(State(links): State<Arc<Links>>, Path(instance): Path<String>) -> Response {
    let Some(link) = links.find(&instance) else { return gone() };
    if link.said.send(Event::AsksForWork).is_err() {
        return gone();
    }
    let Some(Work { invocation, deadline }) = link.work.lock().await.recv().await else { return gone() };
    let deadline = deadline.duration_since(UNIX_EPOCH).unwrap_or_default();
    let mut headers = vec![
        ("lambda-runtime-aws-request-id", invocation.request_id),
        ("lambda-runtime-deadline-ms", deadline.as_millis().to_string()),
        ("lambda-runtime-invoked-function-arn", invocation.function_arn),
        ("content-type", "application/json".to_owned()),
    ];
    headers.extend(invocation.trace_id.map(|id| ("lambda-runtime-trace-id", id)));
    let mut response = invocation.payload.into_response();
    for (name, value) in headers {
        if let Ok(value) = value.parse() {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

async fn respond(links: State<Arc<Links>>, path: Path<(String, String)>, payload: Bytes) -> Response {
    answer(&links, path.0, Kind::Response, payload)
}

async fn fail(links: State<Arc<Links>>, path: Path<(String, String)>, payload: Bytes) -> Response {
    answer(&links, path.0, Kind::Error, payload)
}

fn answer(links: &Links, (instance, request_id): (String, String), kind: Kind, payload: Bytes) -> Response {
    say(links, &instance, Event::Answer { request_id, kind, payload })
}

async fn fail_to_start(State(links): State<Arc<Links>>, Path(instance): Path<String>, payload: Bytes) -> Response {
    say(&links, &instance, Event::InitError(payload))
}

fn say(links: &Links, instance: &str, event: Event) -> Response {
    match links.find(instance).map(|link| link.said.send(event)) {
        Some(Ok(())) => StatusCode::ACCEPTED.into_response(),
        _ => gone(),
    }
}

/// The instance was given up; its invocation is somebody else's by now.
fn gone() -> Response {
    let refusal = json!({ "errorType": "InvalidRequestID", "errorMessage": "Invalid request ID" });
    (StatusCode::BAD_REQUEST, Json(refusal)).into_response()
}
