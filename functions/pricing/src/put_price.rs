//! `PUT /admin/prices/{sku}`: sets or changes a SKU's price.

use serde::Deserialize;
use souk_domain::{ids::Sku, money::Money};
use souk_pricing::PricedSku;
use souk_runtime::http::{Effect, HttpResult, Problem, Request, Response};
use souk_wiring::Call;

pub use crate::operator::Deps;
use crate::{operator::require_operator, problems};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    price: Money,
}

/// Answers with the price as it is stored now: 201 where there was none.
///
/// # Errors
/// 400, 401, 403, 412, 413, 428, 503.
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    require_operator(&request)?;
    let sku: Sku = request.path("sku")?;
    let seen = request.if_match()?;
    let Body { price } = request.json()?;
    let (effect, price) = put(deps, &sku, price, seen).await?;
    Ok(Response::put(effect, price.version, &price))
}

/// The one way in which an operator sets a price, alone or as one row of many.
pub(crate) async fn put(
    deps: &Deps,
    sku: &Sku,
    price: Money,
    seen: Option<u64>,
) -> Result<(Effect, PricedSku), Problem> {
    problems::set_price(deps.prices.set(sku, price, seen).await?)
}
