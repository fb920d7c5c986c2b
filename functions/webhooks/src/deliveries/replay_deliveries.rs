//! `POST /admin/webhooks/{webhook_id}/replay`: all that has failed within a time.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use souk_dynamo::Cursor;
use souk_runtime::http::{
    HttpResult, Problem, Request, Response,
    description::Problems,
    problem::catalogue::{NotFound, WebhookDisabled},
};
use souk_webhooks::Place;
use souk_wiring::Call;
pub use souk_workflows::replay_deliveries::ReplayDeliveries as Deps;
use utoipa::ToSchema;

use super::replayed;
use crate::operator::webhook_of;

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ReplayDeliveries)]
#[serde(deny_unknown_fields)]
struct Body {
    /// Planned then or later.
    from: Timestamp,
    /// Planned before.
    to: Timestamp,
    /// The `cursor` of the answer before.
    cursor: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReplayedDeliveries)]
struct View {
    /// How many are pending again by this request.
    replayed: usize,
    /// Repeat the request with it: others may follow. Absent where it is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
}

/// Sends again what has failed, newest first, a hundred at the most in one request. They go out within a minute.
#[utoipa::path(
    post,
    path = "/admin/webhooks/{webhook_id}/replay",
    operation_id = "replay-deliveries",
    request_body = Body,
    responses(
        (status = 202, description = "They are pending.", body = View),
        Problems<(NotFound, WebhookDisabled)>,
    ),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let webhook_id = webhook_of(&request)?;
    let Body { from, to, cursor } = request.json()?;
    if from >= to {
        return Err(Problem::invalid_field("to", "must be after from"));
    }
    let list = format!("replay to {webhook_id} from {from} to {to}");
    let after = cursor.map(|text| Cursor::<Place>::decode(&text, &list)).transpose()?.map(|Cursor(after)| after);
    let done = replayed(deps.all_failed(&webhook_id, (from, to), after.as_ref(), &call).await?)?;
    let cursor = done.next.map(|next| Cursor(next).encode(&list));
    Ok(Response::json(202, &View { replayed: done.count, cursor }))
}
