//! `GET /admin/orders/{order_id}/timeline`: everything that happened to it, by whom.

use serde::Serialize;
use souk_runtime::http::{
    HttpResult, Problem, Request, Response, Role, description::Problems, problem::catalogue::NotFound,
};
use souk_wiring::Call;
use souk_workflows::order_timeline::Entry;
pub use souk_workflows::order_timeline::OrderTimeline as Deps;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrderTimeline)]
struct View {
    /// Oldest first.
    entries: Vec<Entry>,
}

/// Statuses, addresses, payment, the gateway's events, messages and notes in one list, oldest first.
#[utoipa::path(
    get,
    path = "/admin/orders/{order_id}/timeline",
    operation_id = "admin-get-timeline",
    responses(
        (status = 200, description = "Everything that happened to the order.", body = View),
        Problems<NotFound>,
    ),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    request.caller()?.require_any(&[Role::Operator])?;
    let entries = deps.run(&request.path("order_id")?).await?;
    let entries = entries.ok_or_else(|| Problem::not_found("order"))?;
    Ok(Response::json(200, &View { entries }))
}
