//! `GET /admin/orders/{order_id}/fulfilments/{warehouse_id}`.

use souk_runtime::http::{HttpResult, Problem, Request, Response, description::Problems, problem::catalogue::NotFound};
use souk_wiring::Call;
pub use souk_workflows::list_work::ListWork as Deps;

use super::Desk;
use crate::view::WorkView;

/// What the warehouse does for this order.
#[utoipa::path(
    get,
    path = "/admin/orders/{order_id}/fulfilments/{warehouse_id}",
    operation_id = "get-fulfilment",
    responses(
        (status = 200, description = "The fulfilment.", body = WorkView, headers(("ETag"))),
        Problems<NotFound>,
    ),
    security(("user" = ["warehouse"]), ("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let desk = Desk::of(&request)?;
    let found = deps.one(&desk.order_id, &desk.warehouse_id).await?;
    let found = found.ok_or_else(|| Problem::not_found("fulfilment"))?;
    Ok(Response::json(200, &WorkView::of(&found, call.now)).etag(found.fulfilment.version))
}
