//! `POST /webhooks/payments`: the gateway says that something happened.
//!
//! What it says is never written down. It only starts the order's saga, or settles the order's refunds, and both ask
//! the gateway; so repeats and any order of arrival are all the same. What can change nothing starts nothing: an event of
//! another type, of an intent that is not ours, or of a payment that stands where the event says.

use serde::Deserialize;
use souk_orders::Saga;
use souk_payments::{
    PaymentRecord, PaymentRecords, SeenEvents,
    webhook::{self, Reason, WebhookEvent},
};
use souk_runtime::http::{
    HttpResult, Problem, Request, Response, description::Problems, problem::catalogue::BadSignature,
};
use souk_wiring::{Call, ConfigError, Environment, FromEnvironment};
use souk_workflows::settle_refunds::SettleRefunds;

/// The signing secret, the events that were seen, and who looks.
#[derive(FromEnvironment)]
pub struct Deps {
    secret: Secret,
    seen: SeenEvents,
    payments: PaymentRecords,
    saga: Saga,
    refunds: SettleRefunds,
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

/// Starts the saga of the order whose payment an authentic, unseen event may have changed; settles its refunds, where it
/// is about one. All other events are taken, and cost one write or none.
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
    if let Some(order_id) = event.order_id.as_ref().filter(|_| event.is_listened_for())
        && let Some(record) = deps.payments.get(order_id).await?
        && event.is_about(&record)
    {
        take(deps, &event, &record, &call).await?;
    }
    Ok(Response::empty(204))
}

async fn take(deps: &Deps, event: &WebhookEvent, record: &PaymentRecord, call: &Call) -> Result<(), Problem> {
    let order_id = &record.order_id;
    let reason = event.reason(record);
    if reason != Reason::Nothing && deps.seen.contains(&event.id).await? {
        return Ok(());
    }
    // Marked only once it is acted upon: an event that we failed to act upon comes again.
    match reason {
        Reason::Nothing => {}
        Reason::Refunds => deps.refunds.run(order_id, call).await.map(drop).map_err(Problem::try_again)?,
        Reason::Payment => deps.saga.start(order_id).await.map_err(Problem::try_again)?,
    }
    deps.seen.mark(event, order_id, call.now).await?;
    tracing::info!(%order_id, event_id = event.id, event_type = event.event_type, ?reason, "webhook taken");
    Ok(())
}
