//! `GET /admin/products/{product_id}`: a product as operators see it.

use souk_catalog::Product;
use souk_domain::ids::ProductId;
use souk_runtime::http::{
    HttpResult, Problem, Request, Response,
    description::{IfNoneMatch, Problems},
    problem::catalogue::NotFound,
};
use souk_wiring::Call;

pub use crate::operator::Deps;
use crate::operator::require_operator;

/// Answers with the product and its ETag.
#[utoipa::path(
    get,
    path = "/admin/products/{product_id}",
    operation_id = "get-product",
    params(IfNoneMatch),
    responses(
        (status = 200, description = "The product.", body = Product, headers(("ETag"))),
        Problems<NotFound>,
    ),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    require_operator(&request)?;
    let id: ProductId = request.path("product_id")?;
    let product = deps.catalog.product(&id).await?.ok_or_else(|| Problem::not_found("product"))?;
    Ok(Response::json(200, &product).revision(product.version))
}
