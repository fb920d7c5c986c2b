//! `GET /admin/warehouses/{warehouse_id}/fulfilments`: what the warehouse has to do.

use serde::Serialize;
use souk_domain::{fulfilment::FulfilmentState, ids::WarehouseId};
use souk_dynamo::Cursor;
use souk_fulfilment::WorkPlace;
use souk_runtime::http::{
    HttpResult, Request, Response, description::Problems, page_size, problem::catalogue::NotFound,
};
use souk_wiring::Call;
pub use souk_workflows::list_work::ListWork as Deps;
use utoipa::ToSchema;

use crate::view::WorkView;

const DEFAULT_LIMIT: usize = 20;
const MAX_LIMIT: usize = 100;

/// A page of a warehouse's open work.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WorkPage)]
struct Page<'a> {
    /// What is due first, first.
    fulfilments: Vec<WorkView<'a>>,
    /// Where the next page begins; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
}

/// One page of the warehouse's open work. A page may be shorter than its limit and have a cursor.
#[utoipa::path(
    get,
    path = "/admin/warehouses/{warehouse_id}/fulfilments",
    operation_id = "list-fulfilments",
    params(
        ("status" = Option<String>, Query, description = "`NEW`, `PICKING` or `PACKED`; all of them unless said otherwise."),
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 100, description = "How many; 20 unless said otherwise."),
        ("cursor" = Option<String>, Query, description = "The `cursor` of the page before."),
    ),
    responses((status = 200, description = "A page of open work.", body = Page), Problems<NotFound>),
    security(("user" = ["warehouse"]), ("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let warehouse_id: WarehouseId = request.path("warehouse_id")?;
    request.caller()?.require_work_in(&warehouse_id)?;
    request.allow_query(&["status", "limit", "cursor"])?;
    let state: Option<FulfilmentState> = request.query("status")?;
    let limit = page_size(request.query("limit")?, DEFAULT_LIMIT, 1..=MAX_LIMIT)?;
    let bound_to = format!("work of {warehouse_id}, {}", state.map_or("all", FulfilmentState::as_str));
    let after: Option<Cursor<WorkPlace>> =
        request.query::<String>("cursor")?.map(|text| Cursor::decode(&text, &bound_to)).transpose()?;
    let page = deps.run(&warehouse_id, state, (after.map(|cursor| cursor.0), limit), &call).await?;
    let fulfilments = page.items.iter().map(|item| WorkView::of(item, call.now)).collect();
    let cursor = page.next.map(|next| Cursor(next).encode(&bound_to));
    Ok(Response::json(200, &Page { fulfilments, cursor }))
}
