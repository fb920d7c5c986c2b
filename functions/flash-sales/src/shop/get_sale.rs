//! `GET /sales/{sale_id}`: what everybody may know of a sale.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{
    flash_sale::{Commitment, FlashSaleStatus},
    ids::{FlashSaleId, Sku},
    money::Money,
};
use souk_flash_sales::RoomCache;
use souk_runtime::http::{HttpResult, Request, Response, description::Problems, problem::catalogue::NotFound};
use souk_wiring::{Call, FromEnvironment};
use utoipa::ToSchema;

use crate::problems;

/// What is known of the sales.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    rooms: Arc<RoomCache>,
}

/// What everybody may know of a sale.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FlashSale)]
struct FlashSaleView<'a> {
    sale_id: &'a FlashSaleId,
    sku: &'a Sku,
    units: u32,
    price: Money,
    status: FlashSaleStatus,
    /// Whether every unit is claimed. Units that are not paid for come back.
    sold_out: bool,
    opens_at: Timestamp,
    /// When it closes by itself.
    closes_at: Option<Timestamp>,
    /// The server's time, so that a countdown does not depend on the shopper's clock.
    now: Timestamp,
    draw: DrawView<'a>,
}

/// What the draw can be repeated from.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Draw)]
struct DrawView<'a> {
    sale_id: &'a FlashSaleId,
    opens_at: Timestamp,
    /// Published from the beginning: the SHA-256 of the key.
    commitment: Commitment,
    /// Published once the sale is closed.
    lottery_key: Option<String>,
    /// Known from the opening on.
    beacon: Option<BeaconView>,
}

/// Public randomness that nobody knew before the opening.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Beacon)]
struct BeaconView {
    /// Its number in the chain of drand's quicknet.
    round: u64,
    /// In hexadecimal.
    randomness: String,
}

/// Terms, status, and all that is needed to check the draw: the commitment from the beginning, the
/// beacon from the opening, the key once the sale is closed.
#[utoipa::path(
    get,
    path = "/sales/{sale_id}",
    operation_id = "get-sale",
    responses(
        (status = 200, description = "The sale.", body = FlashSaleView, headers(("Cache-Control"))),
        Problems<NotFound>,
    ),
    security(()),
)]
pub async fn handle(deps: &Deps, request: Request, Call { now, .. }: Call) -> HttpResult {
    let sale_id: FlashSaleId = request.path("sale_id")?;
    let seen = deps.rooms.get(&sale_id, now).await?.ok_or_else(problems::no_such_sale)?;
    let (terms, room) = (&seen.sale.terms, &seen.room);
    let key = match room.status {
        FlashSaleStatus::Closed => Some(deps.rooms.lottery_key(&seen).await?.reveal()),
        _ => None,
    };
    let beacon = room.beacon.as_ref();
    let body = FlashSaleView {
        sale_id: &sale_id,
        sku: terms.sku(),
        units: terms.units(),
        price: terms.price(),
        status: room.status,
        sold_out: seen.is_sold_out(),
        opens_at: room.opens_at,
        closes_at: room.closes_at,
        now,
        draw: DrawView {
            sale_id: &sale_id,
            opens_at: room.opens_at,
            commitment: seen.sale.commitment,
            lottery_key: key,
            beacon: beacon.map(|beacon| BeaconView { round: beacon.round(), randomness: beacon.randomness() }),
        },
    };
    // As old as a warm function's own knowledge may be: whatever stands in between may carry most polls.
    Ok(Response::json(200, &body).header("cache-control", "public, max-age=1"))
}
