//! `DELETE /admin/products/{product_id}`: takes a product out of the catalog.

use souk_domain::ids::ProductId;
use souk_runtime::http::{
    HttpResult, Request, Response,
    description::{IfMatch, Problems},
    problem::catalogue::NotFound,
};
use souk_wiring::Call;

pub use crate::operator::Deps;
use crate::{operator::require_operator, problems};

/// Answers with nothing once the product is gone.
#[utoipa::path(
    delete,
    path = "/admin/products/{product_id}",
    operation_id = "delete-product",
    params(IfMatch),
    responses(
        (status = 204, description = "It is gone."),
        Problems<NotFound>,
    ),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    require_operator(&request)?;
    let id: ProductId = request.path("product_id")?;
    let if_match = request.if_match()?;
    deps.catalog.delete_product(&id, if_match, call.now).await.map_err(problems::delete_product)?;
    Ok(Response::empty(204))
}
