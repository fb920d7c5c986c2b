//! `/__fake/…`: what a test may look at and bring about. Open to anyone who can reach the loopback address.

mod beacon;
mod inspect;
mod provoke;

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::json;

use crate::error::ApiError;
use crate::gateway::Gateway;

/// The control endpoints.
pub fn router(gateway: Arc<Gateway>) -> Router {
    Router::new()
        .route("/beacon/public/{round}", get(beacon::round))
        .route("/__fake/health", get(inspect::health))
        .route("/__fake/intents", get(inspect::intents))
        .route("/__fake/summary", get(inspect::summary))
        .route("/__fake/events", get(inspect::events))
        .route("/__fake/faults", get(inspect::faults).post(provoke::add_fault).delete(provoke::clear_faults))
        .route("/__fake/intents/{id}/authenticate", post(provoke::authenticate))
        .route("/__fake/intents/{id}/expire", post(provoke::expire))
        .route("/__fake/intents/{id}/age", post(provoke::age))
        .route("/__fake/intents/{id}/refund", post(provoke::refund))
        .route("/__fake/intents/{id}/dispute", post(provoke::open_dispute))
        .route("/__fake/customers", get(inspect::customers).delete(provoke::delete_customers))
        .route("/__fake/disputes", get(inspect::disputes))
        .route("/__fake/disputes/{id}", post(provoke::move_dispute))
        .route("/__fake/refunds", get(inspect::refunds))
        .route("/__fake/refunds/{id}/settle", post(provoke::settle_refund))
        .route("/__fake/webhook_url", get(inspect::webhook_url).post(provoke::set_webhook_url))
        .route("/__fake/webhooks/resend", post(provoke::resend))
        .with_state(gateway)
}

/// A refusal of a control request.
struct Problem(StatusCode, String);

impl Problem {
    fn bad_request(message: impl Into<String>) -> Self {
        Self(StatusCode::BAD_REQUEST, message.into())
    }

    fn not_found(message: impl Into<String>) -> Self {
        Self(StatusCode::NOT_FOUND, message.into())
    }
}

impl From<ApiError> for Problem {
    fn from(error: ApiError) -> Self {
        let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::BAD_REQUEST);
        Self(status, error.message.into_string())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.0, axum::Json(json!({ "error": self.1 }))).into_response()
    }
}
