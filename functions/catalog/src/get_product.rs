//! `GET /admin/products/{product_id}`: a product as operators see it.

use souk_domain::ids::ProductId;
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

/// Answers with the product and its ETag.
///
/// # Errors
/// 400, 401, 403, 404, 503.
pub async fn handle(deps: &'static Deps, request: Request) -> HttpResult {
    require_operator(&request)?;
    let id: ProductId = request.path("product_id")?;
    let product = deps.catalog.product(&id).await?.ok_or_else(|| Problem::not_found("product"))?;
    Ok(Response::json(200, &product).etag(product.version))
}
