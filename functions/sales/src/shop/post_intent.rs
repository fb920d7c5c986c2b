//! `POST /sales/{sale_id}/intents`: an admitted shopper claims a unit and says how they pay.
//!
//! Two round trips: one write that claims, one message that will become an order. A claim is never
//! undone here: a send whose answer was lost may have taken effect.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Deserialize;
use souk_domain::{
    ids::{OrderId, SaleId},
    order::Address,
    payment::check_method,
    sale::IntentId,
};
use souk_events::sales::PurchaseIntent;
use souk_orders::Orders;
use souk_runtime::http::{HttpResult, Problem, Request, Response};
use souk_sales::{Claim, ClaimOutcome, Claims, Intents, KeyRing, RoomCache};
use souk_wiring::{Call, ConfigError, Environment, FromEnvironment};

use super::{Shopper, intent::IntentView};
use crate::problems;

/// Claims, the queue, and the keys that admissions are signed with.
#[derive(Debug)]
pub struct Deps {
    rooms: Arc<RoomCache>,
    claims: Claims,
    intents: Intents,
    orders: Orders,
    ring: KeyRing,
}

impl FromEnvironment for Deps {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        let rooms = Arc::<RoomCache>::from_environment(environment).await?;
        Ok(Self {
            claims: Claims::new(FromEnvironment::from_environment(environment).await?, Arc::clone(&rooms)),
            rooms,
            intents: FromEnvironment::from_environment(environment).await?,
            orders: FromEnvironment::from_environment(environment).await?,
            ring: FromEnvironment::from_environment(environment).await?,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    payment_method: String,
    shipping_address: Address,
}

impl Body {
    fn validate(&self) -> Result<(), Problem> {
        check_method(&self.payment_method).map_err(|e| Problem::invalid_field("payment_method", e.to_string()))?;
        self.shipping_address
            .validate()
            .map_err(|e| Problem::invalid_field(format!("shipping_address.{}", e.field), e.problem))
    }
}

/// Claims a unit: 202 with where to look. A repeat answers the first intent.
///
/// # Errors
/// 400, 401 without an admission, 403 where it is not this shopper's for this sale, 404, 409 where the
/// sale is not open, 410 sold out, 503 try again.
pub async fn handle(deps: &Deps, request: Request, Call { now, .. }: Call) -> HttpResult {
    let shopper = Shopper::of(&request)?;
    let sale_id: SaleId = request.path("sale_id")?;
    let admission = request.token("souk-admission")?;
    let body: Body = request.json()?;
    body.validate()?;
    let admission = deps.ring.admission(admission, &sale_id, &shopper.key, now).await;
    admission.map_err(problems::admission)?;
    let answer = deps.claims.claim(&sale_id, &shopper.key, now).await?;
    let claim = match answer.outcome {
        ClaimOutcome::Claimed(claim) => claim,
        ClaimOutcome::Mine(claim) => {
            // He asks again: the order may be there. Else what he sent may be lost, and is sent again.
            if let Some(reply) = known(deps, &sale_id, &shopper, claim.shard).await? {
                return Ok(reply);
            }
            claim
        }
        ClaimOutcome::GivenBack { shard } => {
            // The order that came to nothing is the answer, and it stays the only one.
            let reply = known(deps, &sale_id, &shopper, shard).await?;
            return reply.ok_or_else(|| Problem::internal("a claim was given back without an order"));
        }
        ClaimOutcome::SoldOut => return Err(problems::sold_out()),
        ClaimOutcome::TryAgain => return Err(Problem::try_again("the shards that were asked are empty")),
        ClaimOutcome::NotOpen(status) => return Err(problems::not_open(status)),
        ClaimOutcome::Unknown => return Err(problems::no_such_sale()),
    };
    let intent_id = IntentId::of(&sale_id, &shopper.user_id, claim.shard);
    let intent = purchase(deps, sale_id.clone(), shopper, claim, body, now).await?;
    deps.intents.send(&intent).await.map_err(problems::queue)?;
    tracing::info!(%sale_id, %intent_id, effort = ?answer.effort, "a unit is claimed");
    Ok(accepted(&sale_id, &IntentView::queued(&intent_id), &intent_id))
}

/// The answer to whoever has an order in this sale.
async fn known(deps: &Deps, sale_id: &SaleId, shopper: &Shopper, shard: u32) -> Result<Option<Response>, Problem> {
    let intent_id = IntentId::of(sale_id, &shopper.user_id, shard);
    let order = deps.orders.get(&OrderId::of_sale(&shopper.user_id, sale_id)).await?;
    Ok(order.map(|order| accepted(sale_id, &IntentView::of(&intent_id, &order), &intent_id)))
}

fn accepted(sale_id: &SaleId, view: &IntentView<'_>, intent_id: &IntentId) -> Response {
    Response::json(202, view).header("location", format!("/sales/{sale_id}/intents/{intent_id}"))
}

async fn purchase(
    deps: &Deps,
    sale_id: SaleId,
    shopper: Shopper,
    claim: Claim,
    body: Body,
    now: Timestamp,
) -> Result<PurchaseIntent, Problem> {
    let seen = deps.rooms.get(&sale_id, now).await?.ok_or_else(problems::no_such_sale)?;
    Ok(PurchaseIntent {
        sale_id,
        user_id: shopper.user_id,
        shard: claim.shard,
        warehouse_id: claim.warehouse_id,
        claimed_at: claim.claimed_at.into(),
        sku: seen.sale.terms.sku().clone(),
        unit_price: seen.sale.terms.price(),
        payment_method: body.payment_method,
        shipping_address: body.shipping_address,
    })
}
