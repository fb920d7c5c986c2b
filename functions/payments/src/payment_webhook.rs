//! `POST /webhooks/payments`: the gateway says that something happened.

use serde::Deserialize;
use souk_payments::webhook;
use souk_runtime::http::{
    HttpResult, Problem, Request, Response, description::Problems, problem::catalogue::BadSignature,
};
use souk_wiring::{Call, ConfigError, Environment, FromEnvironment};
use souk_workflows::hear_gateway::HearGateway;

/// The signing secret, and who hears what it signs.
#[derive(FromEnvironment)]
pub struct Deps {
    secret: Secret,
    hear: HearGateway,
}

#[derive(Deserialize)]
struct Secret {
    webhook_secret: String,
}

impl FromEnvironment for Secret {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        environment.secret("GATEWAY_SECRET_ID").await
    }
}

/// Starts the saga of the order whose payment an authentic, unseen event may have changed; settles its refunds or disputes,
/// where it is about one. All other events are taken, and cost a read or none.
#[utoipa::path(
    post,
    path = "/webhooks/payments",
    operation_id = "payment-webhook",
    request_body(content = serde_json::Value, description = "The gateway's event, in its own words."),
    responses(
        (status = 204, description = "It was taken."),
        Problems<BadSignature>,
    ),
    security(("gateway" = [])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let body = request.signed_body("stripe-signature", &[&deps.secret.webhook_secret], call.now)?;
    let event = webhook::read(&body).map_err(|_| Problem::invalid("The body is not an event."))?;
    deps.hear.run(&event, &call).await.map_err(Problem::try_again)?;
    Ok(Response::empty(204))
}
