//! `PUT /admin/products/{product_id}`: creates or changes a product.

use souk_catalog::ProductDetails;
use souk_domain::ids::ProductId;
use souk_runtime::http::{HttpResult, Request};

pub use crate::operator::Deps;
use crate::{
    operator::{answer, require_operator},
    problems,
};

/// Runs the function until its instance ends.
///
/// # Errors
/// Where it cannot start, or the runtime API fails.
pub fn serve() -> Result<(), souk_runtime::Error> {
    souk_runtime::http::serve(handle)
}

/// Answers with the product as it is stored now.
///
/// # Errors
/// 400, 401, 403, 409 (a SKU of another product), 412, 413, 422, 428, 503.
pub async fn handle(deps: &'static Deps, request: Request) -> HttpResult {
    require_operator(&request)?;
    let id: ProductId = request.path("product_id")?;
    let if_match = request.if_match()?;
    let details: ProductDetails = request.json()?;
    let put =
        deps.catalog.put_product(&id, details, if_match, souk_runtime::now()).await.map_err(problems::put_product)?;
    Ok(answer(&put, |product| product.version))
}
