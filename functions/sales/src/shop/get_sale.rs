//! `GET /sales/{sale_id}`: what everybody may know of a sale.

use std::sync::Arc;

use serde_json::json;
use souk_domain::{ids::SaleId, sale::SaleStatus};
use souk_runtime::http::{HttpResult, Request, Response};
use souk_sales::RoomCache;
use souk_wiring::{Call, FromEnvironment};

use crate::problems;

/// What is known of the sales.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    rooms: Arc<RoomCache>,
}

/// Terms, status, and all that is needed to check the draw: the commitment from the beginning, the
/// beacon from the opening, the key once the sale is closed.
///
/// # Errors
/// 404 where there is no such sale.
pub async fn handle(deps: &Deps, request: Request, Call { now, .. }: Call) -> HttpResult {
    let sale_id: SaleId = request.path("sale_id")?;
    let seen = deps.rooms.get(&sale_id, now).await?.ok_or_else(problems::no_such_sale)?;
    let (terms, room) = (&seen.sale.terms, &seen.room);
    let key = match room.status {
        SaleStatus::Closed => Some(deps.rooms.lottery_key(&seen).await?.reveal()),
        _ => None,
    };
    let beacon =
        room.beacon.as_ref().map(|beacon| json!({ "round": beacon.round(), "randomness": beacon.randomness() }));
    let body = json!({
        "sale_id": sale_id,
        "sku": terms.sku(),
        "units": terms.units(),
        "price": terms.price(),
        "status": room.status,
        "sold_out": seen.is_sold_out(),
        "opens_at": room.opens_at.to_string(),
        "closes_at": room.closes_at.map(|closes_at| closes_at.to_string()),
        "now": now.to_string(),
        "draw": {
            "sale_id": sale_id,
            "opens_at": room.opens_at.to_string(),
            "commitment": seen.sale.commitment,
            "lottery_key": key,
            "beacon": beacon,
        },
    });
    // As old as a warm function's own knowledge may be: whatever stands in between may carry most polls.
    Ok(Response::json(200, &body).header("cache-control", "public, max-age=1"))
}
