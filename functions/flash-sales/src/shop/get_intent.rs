//! `GET /sales/{sale_id}/intents/{intent_id}`: what became of a claim.

use souk_domain::{
    flash_sale::{ClaimEntry, IntentId},
    ids::{FlashSaleId, OrderId},
};
use souk_dynamo::Table;
use souk_flash_sales::read_shard;
use souk_orders::{Archive, Orders, find};
use souk_runtime::http::{
    HttpResult, Problem, Request, Response,
    description::Problems,
    problem::catalogue::{AccountNotEligible, NotFound},
};
use souk_wiring::{Call, FromEnvironment};

use super::{Shopper, intent::IntentView};

/// The order that an intent becomes, and the claim before that.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    #[variable("SALE_SHARDS_TABLE")]
    shards: Table,
    orders: Orders,
    archive: Archive,
}

/// QUEUED until there is an order; then what the order says.
#[utoipa::path(
    get,
    path = "/sales/{sale_id}/intents/{intent_id}",
    operation_id = "get-intent",
    responses(
        (status = 200, description = "Where the claim stands.", body = IntentView, headers(("Retry-After"))),
        Problems<(NotFound, AccountNotEligible)>,
    ),
    security(("user" = [])),
)]
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    let shopper = Shopper::of(&request)?;
    let sale_id: FlashSaleId = request.path("sale_id")?;
    let intent_id: IntentId = request.path("intent_id")?;
    let not_found = || Problem::not_found("intent");
    if !intent_id.belongs_to(&sale_id, &shopper.user_id) {
        return Err(not_found());
    }
    let order_id = OrderId::of_sale(&shopper.user_id, &sale_id);
    if let Some(order) = find(&deps.orders, &deps.archive, &order_id).await? {
        return Ok(Response::json(200, &IntentView::of(&intent_id, &order)));
    }
    let shard = read_shard(&deps.shards, &sale_id, intent_id.shard()).await?;
    match shard.and_then(|shard| shard.image(&shopper.key).entry) {
        Some(ClaimEntry::Claimed(_)) => {
            Ok(Response::json(200, &IntentView::queued(&intent_id)).header("retry-after", "1"))
        }
        Some(ClaimEntry::GivenBack) | None => Err(not_found()),
    }
}
