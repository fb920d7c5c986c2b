//! Playing the customer, the calendar and bad luck.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::Problem;
use crate::clock;
use crate::dispute::Status;
use crate::fault::Rule;
use crate::gateway::Gateway;
use crate::ledger::NewDispute;

/// A JSON body, whatever content type the caller names.
fn parse<T: DeserializeOwned>(body: &Bytes) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| Problem::bad_request(error.to_string()))
}

/// `POST /__fake/faults`: adds a fault, answers with its id.
pub async fn add_fault(State(gateway): State<Arc<Gateway>>, body: Bytes) -> Result<(StatusCode, Json<Rule>), Problem> {
    let rule: Rule = parse(&body)?;
    rule.check().map_err(Problem::bad_request)?;
    Ok((StatusCode::CREATED, Json(gateway.faults().add(rule))))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Whose {
    order_id: Option<String>,
}

/// `DELETE /__fake/faults?order_id=…`: drops the faults of one order, or all.
pub async fn clear_faults(State(gateway): State<Arc<Gateway>>, Query(whose): Query<Whose>) -> StatusCode {
    gateway.faults().clear(whose.order_id.as_deref());
    StatusCode::NO_CONTENT
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settled {
    outcome: Ending,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Ending {
    Succeed,
    Fail,
}

/// `POST /__fake/intents/{id}/authenticate`: the customer passes or fails the 3-D Secure challenge.
pub async fn authenticate(
    State(gateway): State<Arc<Gateway>>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let challenge: Settled = parse(&body)?;
    let succeeded = matches!(challenge.outcome, Ending::Succeed);
    let mut events = Vec::new();
    let shown = gateway.books().ledger.authenticate(&id, succeeded, clock::now(), &mut events)?;
    gateway.publish(events).await;
    Ok(Json(shown))
}

/// `POST /__fake/refunds/{id}/settle`: the bank takes a refund, or sends its money back.
pub async fn settle_refund(
    State(gateway): State<Arc<Gateway>>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let settled: Settled = parse(&body)?;
    let succeeded = matches!(settled.outcome, Ending::Succeed);
    let mut events = Vec::new();
    let shown = gateway.books().ledger.settle_refund(&id, succeeded, clock::now(), &mut events)?;
    gateway.publish(events).await;
    Ok(Json(shown))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AtTheConsole {
    amount: Option<i64>,
}

/// `POST /__fake/intents/{id}/refund {"amount"?}`: somebody gives money back at the gateway's own console.
pub async fn refund(
    State(gateway): State<Arc<Gateway>>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let AtTheConsole { amount } = parse(&body)?;
    let mut events = Vec::new();
    let nothing = BTreeMap::new();
    let shown = gateway.books().ledger.refund(&id, amount, None, nothing, clock::now(), &mut events)?;
    gateway.publish(events).await;
    Ok(Json(shown))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Disputed {
    amount: Option<i64>,
    #[serde(default = "fraudulent")]
    reason: String,
    #[serde(default)]
    inquiry: bool,
}

fn fraudulent() -> String {
    "fraudulent".to_owned()
}

/// `POST /__fake/intents/{id}/dispute {"amount"?, "reason"?, "inquiry"?}`: the shopper goes to their bank.
pub async fn open_dispute(
    State(gateway): State<Arc<Gateway>>,
    Path(intent): Path<String>,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let Disputed { amount, reason, inquiry } = parse(&body)?;
    let mut events = Vec::new();
    let new = NewDispute { intent, amount, reason, inquiry };
    let shown = gateway.books().ledger.open_dispute(new, clock::now(), &mut events)?;
    gateway.publish(events).await;
    Ok(Json(shown))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Moved {
    status: Status,
}

/// `POST /__fake/disputes/{id} {"status"}`: the bank goes on with a dispute, or ends it.
pub async fn move_dispute(
    State(gateway): State<Arc<Gateway>>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let Moved { status } = parse(&body)?;
    let mut events = Vec::new();
    let shown = gateway.books().ledger.move_dispute(&id, status, clock::now(), &mut events)?;
    gateway.publish(events).await;
    Ok(Json(shown))
}

/// `DELETE /__fake/customers`: somebody deletes them at the gateway's own console.
pub async fn delete_customers(State(gateway): State<Arc<Gateway>>) -> StatusCode {
    gateway.books().ledger.delete_customers();
    gateway.set_changed();
    StatusCode::NO_CONTENT
}

/// `POST /__fake/intents/{id}/expire`: the hold lapses now.
pub async fn expire(State(gateway): State<Arc<Gateway>>, Path(id): Path<String>) -> Result<Json<Value>, Problem> {
    let (shown, event) = gateway.books().ledger.expire_one(&id, clock::now())?;
    gateway.publish(event.into_iter().collect()).await;
    Ok(Json(shown))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Age {
    seconds: i64,
}

/// `POST /__fake/intents/{id}/age {"seconds"}`: the hold ends so many seconds from now.
pub async fn age(
    State(gateway): State<Arc<Gateway>>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let Age { seconds } = parse(&body)?;
    let shown = gateway.books().ledger.age(&id, seconds, clock::now())?;
    gateway.set_changed();
    Ok(Json(shown))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WebhookUrl {
    url: Option<String>,
}

/// `POST /__fake/webhook_url {"url"}`: events go elsewhere from now on; null stops them.
pub async fn set_webhook_url(State(gateway): State<Arc<Gateway>>, body: Bytes) -> Result<Json<Value>, Problem> {
    let wanted: WebhookUrl = parse(&body)?;
    let url = wanted.url.as_deref().map(crate::config::parse_http_url).transpose().map_err(Problem::bad_request)?;
    gateway.dispatcher().sender().set_url(url);
    Ok(Json(json!({ "url": wanted.url })))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Resend {
    event: String,
}

/// `POST /__fake/webhooks/resend {"event"}`: delivers an event once more, lost ones too.
pub async fn resend(State(gateway): State<Arc<Gateway>>, body: Bytes) -> Result<StatusCode, Problem> {
    let resend: Resend = parse(&body)?;
    if gateway.dispatcher().resend(&resend.event) {
        Ok(StatusCode::ACCEPTED)
    } else {
        Err(Problem::not_found(format!("no such event: {}", resend.event)))
    }
}
