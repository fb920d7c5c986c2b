//! `GET /admin/orders`: by status and time, or those that need a hand.

use jiff::Timestamp;
use souk_domain::order::{Need, OrderStatus};
use souk_orders::PlacedBetween;
use souk_runtime::http::{HttpResult, Problem, Request, Response, Role};
use souk_wiring::Call;
pub use souk_workflows::find_orders::FindOrders as Deps;
use souk_workflows::find_orders::Wanted;

use super::row::{RowsView, limit, place};

/// One page of orders, the newest first, archived ones among them; with `needs`, of those that need a hand for it, the
/// most urgent first. What had been archived before the archive had this list is found by its id, and by its user. An
/// order whose money the gateway would not capture is listed as refused, and not as ageing; what is shown says both.
#[utoipa::path(
    get,
    path = "/admin/orders",
    operation_id = "admin-list-orders",
    params(
        ("status" = Option<OrderStatus>, Query, description = "Only orders of this status."),
        ("placed_from" = Option<Timestamp>, Query, description = "Only those that were placed then or later."),
        ("placed_to" = Option<Timestamp>, Query, description = "Only those that were placed then or earlier."),
        ("needs" = Option<Need>, Query, description = "Instead: only those that need a hand for this."),
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 100, description = "How many; 20 unless said otherwise."),
        ("cursor" = Option<String>, Query, description = "The `cursor` of the page before."),
    ),
    responses((status = 200, description = "A page of orders.", body = RowsView)),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    request.caller()?.require_any(&[Role::Operator])?;
    request.allow_query(&["status", "placed_from", "placed_to", "needs", "limit", "cursor"])?;
    let wanted = wanted(&request)?;
    let limit = limit(request.query("limit")?)?;
    let asked = format!("orders {wanted:?}");
    let cursor: Option<String> = request.query("cursor")?;
    let after = place(cursor.as_deref(), &asked)?;
    let page = deps.run(wanted, after.as_ref(), limit, &call).await?;
    Ok(Response::json(200, &RowsView::of(&page, &asked)))
}

fn wanted(request: &Request) -> Result<Wanted, Problem> {
    let status: Option<OrderStatus> = request.query("status")?;
    let from: Option<Timestamp> = request.query("placed_from")?;
    let to: Option<Timestamp> = request.query("placed_to")?;
    let needs: Option<Need> = request.query("needs")?;
    let Some(need) = needs else {
        return Ok(Wanted::Placed { status, placed: PlacedBetween { from, to } });
    };
    let others = [("status", status.is_some()), ("placed_from", from.is_some()), ("placed_to", to.is_some())];
    match others.into_iter().find(|(_, is_given)| *is_given) {
        Some((name, _)) => Err(Problem::invalid_field(name, "does not go with needs")),
        None => Ok(Wanted::InNeed(need)),
    }
}
