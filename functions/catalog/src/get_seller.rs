//! `GET /admin/sellers/{seller_id}`: a seller as operators see it.

use souk_domain::ids::SellerId;
use souk_runtime::http::{HttpResult, Problem, Request, Response};

pub use crate::operator::Deps;
use crate::operator::require_operator;

/// Runs the function until its instance ends.
///
/// # Errors
/// Where it cannot start, or the runtime API fails.
pub fn serve() -> Result<(), souk_runtime::Error> {
    souk_runtime::http::serve(handle)
}

/// Answers with the seller and its ETag.
///
/// # Errors
/// 400, 401, 403, 404, 503.
pub async fn handle(deps: &'static Deps, request: Request) -> HttpResult {
    require_operator(&request)?;
    let id: SellerId = request.path("seller_id")?;
    let seller = deps.catalog.seller(&id).await?.ok_or_else(|| Problem::not_found("seller"))?;
    Ok(Response::json(200, &seller).etag(seller.version))
}
