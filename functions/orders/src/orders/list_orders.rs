//! `GET /orders`: newest first, archived ones among them.

use serde::Serialize;
use souk_dynamo::Cursor;
use souk_orders::{Archive, Orders, Place, list};
use souk_runtime::http::{HttpResult, Request, Response, page_size};
use souk_wiring::{Call, FromEnvironment};
use utoipa::ToSchema;

use super::OrderView;

const DEFAULT_LIMIT: usize = 20;
const MAX_LIMIT: usize = 100;

/// Hot and archived orders.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    orders: Orders,
    archive: Archive,
}

/// A page of orders.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrdersPage)]
struct OrderViews<'a> {
    /// Newest first.
    orders: Vec<OrderView<'a>>,
    /// Where the next page begins; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
}

/// One page of the caller's orders.
#[utoipa::path(
    get,
    path = "/orders",
    operation_id = "list-orders",
    params(
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 100, description = "How many; 20 unless said otherwise."),
        ("cursor" = Option<String>, Query, description = "The `cursor` of the page before."),
    ),
    responses((status = 200, description = "A page of orders.", body = OrderViews)),
    security(("user" = [])),
)]
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    let user_id = request.caller()?.user_id;
    request.allow_query(&["limit", "cursor"])?;
    let limit = page_size(request.query("limit")?, DEFAULT_LIMIT, 1..=MAX_LIMIT)?;
    let bound_to = format!("orders of {user_id}");
    let after: Option<Cursor<Place>> =
        request.query::<String>("cursor")?.map(|text| Cursor::decode(&text, &bound_to)).transpose()?;
    let page = list(&deps.orders, &deps.archive, &user_id, after.as_ref().map(|cursor| &cursor.0), limit).await?;
    let orders = page.orders.iter().map(OrderView::brief).collect();
    let cursor = page.next.map(|next| Cursor(next).encode(&bound_to));
    Ok(Response::json(200, &OrderViews { orders, cursor }))
}
