//! `PUT /admin/prices/{sku}`: sets or changes a SKU's price, and how much of it one order may have.

use serde::Deserialize;
use souk_domain::{ids::Sku, money::Money, quantity::Quantity};
use souk_pricing::{PricedSku, Terms};
use souk_runtime::http::{Effect, HttpResult, Problem, Request, Response, description::IfMatch};
use souk_wiring::Call;
use utoipa::ToSchema;

pub use crate::operator::Deps;
use crate::{operator::require_operator, problems};

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = SetPrice)]
#[serde(deny_unknown_fields)]
struct Body {
    price: Money,
    /// The most units that one order may have; as many as a line may have where it is absent.
    #[serde(default)]
    max_per_order: Option<Quantity>,
}

/// Answers with the price as it is stored now: 201 where there was none.
#[utoipa::path(
    put,
    path = "/admin/prices/{sku}",
    operation_id = "put-price",
    params(IfMatch),
    request_body = Body,
    responses(
        (status = 200, description = "It was changed, or was equal.", body = PricedSku, headers(("ETag"))),
        (status = 201, description = "It was set for the first time.", body = PricedSku, headers(("ETag"))),
    ),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    require_operator(&request)?;
    let sku: Sku = request.path("sku")?;
    let seen = request.if_match()?;
    let Body { price, max_per_order } = request.json()?;
    let (effect, price) = put(deps, &sku, Terms { price, max_per_order }, seen).await?;
    Ok(Response::put(effect, price.version, &price))
}

/// The one way in which an operator sets a price, alone or as one row of many.
pub(crate) async fn put(
    deps: &Deps,
    sku: &Sku,
    terms: Terms,
    seen: Option<u64>,
) -> Result<(Effect, PricedSku), Problem> {
    problems::set_price(deps.prices.set(sku, terms, seen).await?)
}
