//! `GET /admin/sellers/{seller_id}`: a seller as operators see it.

use souk_domain::ids::SellerId;
use souk_runtime::http::{HttpResult, Problem, Request, Response};
use souk_wiring::Call;

pub use crate::operator::Deps;
use crate::operator::require_operator;

/// Answers with the seller and its ETag.
///
/// # Errors
/// 400, 401, 403, 404, 503.
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    require_operator(&request)?;
    let id: SellerId = request.path("seller_id")?;
    let seller = deps.catalog.seller(&id).await?.ok_or_else(|| Problem::not_found("seller"))?;
    Ok(Response::json(200, &seller).etag(seller.version))
}
