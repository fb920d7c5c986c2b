//! `GET /admin/prices/{sku}`: a SKU's price with its version.

use souk_domain::ids::Sku;
use souk_pricing::PricedSku;
use souk_runtime::http::{
    HttpResult, Problem, Request, Response,
    description::{IfNoneMatch, Problems},
    problem::catalogue::NotFound,
};
use souk_wiring::Call;

pub use crate::operator::Deps;
use crate::operator::require_operator;

/// Answers with the price as it is stored now.
#[utoipa::path(
    get,
    path = "/admin/prices/{sku}",
    operation_id = "get-price",
    params(IfNoneMatch),
    responses(
        (status = 200, description = "The price.", body = PricedSku, headers(("ETag"))),
        Problems<NotFound>,
    ),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    require_operator(&request)?;
    let sku: Sku = request.path("sku")?;
    let price = deps.prices.get(&sku).await?.ok_or_else(|| Problem::not_found("price"))?;
    Ok(Response::json(200, &price).revision(price.version))
}
