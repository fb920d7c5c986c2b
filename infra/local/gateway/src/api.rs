//! Stripe's API over HTTP: authentication, routing, headers.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri, header};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::command::Command;
use crate::error::ApiError;
use crate::form::Params;
use crate::gateway::{Gateway, Outcome, Request, answer, refusal};

/// Marks a response that is never sent: the server closes the connection instead.
#[derive(Clone, Copy, Debug)]
pub struct HangUp;

/// What the API's handler needs.
#[derive(Clone, Debug)]
pub struct Api {
    /// The state behind it.
    pub gateway: Arc<Gateway>,
    /// The only key that is let in.
    pub key: Arc<str>,
}

/// Answers every request of the API.
pub async fn handle(State(api): State<Api>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let outcome = match parse(&api.key, &method, &uri, &headers, &body) {
        Ok(request) => {
            // A task of its own: when the caller hangs up the effect must happen all the same.
            let gateway = Arc::clone(&api.gateway);
            let task = tokio::spawn(async move { gateway.execute(request).await });
            task.await.unwrap_or_else(|_| answer(refusal(&ApiError::internal()), false))
        }
        Err(error) => answer(refusal(&error), false),
    };
    respond(outcome)
}

/// Authenticates a request and reads what it asks for.
///
/// # Errors
/// As Stripe: 401 without the key, 404 for an unknown URL, 400 for bad parameters.
pub fn parse(key: &str, method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Result<Request, ApiError> {
    if presented_key(headers).as_deref() != Some(key) {
        return Err(ApiError::unauthorized());
    }
    let encoded = if method == Method::POST { body } else { uri.query().unwrap_or_default().as_bytes() };
    let params = Params::parse(encoded);
    let fingerprint = format!("{method} {}?{}", uri.path(), params.fingerprint());
    let command = route(method, uri.path(), params)?;
    let idempotency_key = (method == Method::POST)
        .then(|| headers.get("idempotency-key").and_then(|key| key.to_str().ok()).map(str::to_owned))
        .flatten();
    Ok(Request { command, fingerprint, idempotency_key })
}

fn route(method: &Method, path: &str, params: Params) -> Result<Command, ApiError> {
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    match (method.as_str(), segments.as_slice()) {
        ("POST", ["v1", "payment_intents"]) => Command::create(params),
        ("GET", ["v1", "payment_intents"]) => Command::list_intents(params),
        ("GET", ["v1", "payment_intents", id]) => Command::retrieve((*id).to_owned(), params),
        ("POST", ["v1", "payment_intents", id, "confirm"]) => Command::confirm((*id).to_owned(), params),
        ("POST", ["v1", "payment_intents", id, "capture"]) => Command::capture((*id).to_owned(), params),
        ("POST", ["v1", "payment_intents", id, "cancel"]) => Command::cancel((*id).to_owned(), params),
        ("POST", ["v1", "customers"]) => Command::customer(params),
        ("POST", ["v1", "refunds"]) => Command::refund(params),
        ("GET", ["v1", "refunds"]) => Command::list_refunds(params),
        ("GET", ["v1", "disputes"]) => Command::list_disputes(params),
        _ => Err(ApiError::unrecognized_url(method.as_str(), path)),
    }
}

/// The key, as a bearer token or as the user name of basic authentication.
fn presented_key(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    if let Some(token) = value.strip_prefix("Bearer ") {
        return Some(token.trim().to_owned());
    }
    let decoded = STANDARD.decode(value.strip_prefix("Basic ")?.trim()).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    text.split(':').next().map(str::to_owned)
}

fn respond(outcome: Outcome) -> Response {
    match outcome {
        Outcome::HangUp => {
            let mut response = Response::new(Body::empty());
            response.extensions_mut().insert(HangUp);
            response
        }
        Outcome::Answer { reply, replayed, request_id } => {
            let mut builder = Response::builder()
                .status(reply.status)
                .header(header::CONTENT_TYPE, "application/json")
                .header("request-id", request_id);
            if replayed {
                builder = builder.header("idempotent-replayed", "true");
            }
            builder.body(Body::from(reply.body)).unwrap_or_else(|_| Response::new(Body::empty()))
        }
    }
}
