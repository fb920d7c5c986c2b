//! `GET /orders`: newest first, archived ones among them.

use serde_json::json;
use souk_dynamo::Cursor;
use souk_orders::{Archive, Orders, Place, list};
use souk_runtime::http::{HttpResult, Problem, Request, Response};
use souk_wiring::{Call, FromEnvironment};

use super::OrderView;

const DEFAULT_LIMIT: usize = 20;
const MAX_LIMIT: usize = 100;

/// Hot and archived orders.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    orders: Orders,
    archive: Archive,
}

/// One page of the caller's orders.
///
/// # Errors
/// 400 for a limit out of range or a cursor of another list.
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    let user_id = request.caller()?.user_id;
    request.allow_query(&["limit", "cursor"])?;
    let limit = request.query("limit")?.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(Problem::invalid_field("limit", format!("must be from 1 to {MAX_LIMIT}")));
    }
    let bound_to = format!("orders of {user_id}");
    let after: Option<Cursor<Place>> =
        request.query::<String>("cursor")?.map(|text| Cursor::decode(&text, &bound_to)).transpose()?;
    let page = list(&deps.orders, &deps.archive, &user_id, after.as_ref().map(|cursor| &cursor.0), limit).await?;
    let orders: Vec<_> = page.orders.iter().map(OrderView::brief).collect();
    let mut body = json!({ "orders": orders });
    if let Some(next) = page.next {
        body["cursor"] = Cursor(next).encode(&bound_to).into();
    }
    Ok(Response::json(200, &body))
}
