//! `GET /admin/sellers/{seller_id}`: a seller as operators see it.

use souk_catalog::Seller;
use souk_domain::ids::SellerId;
use souk_runtime::http::{
    HttpResult, Problem, Request, Response,
    description::{IfNoneMatch, Problems},
    problem::catalogue::NotFound,
};
use souk_wiring::Call;

pub use crate::operator::Deps;
use crate::operator::require_operator;

/// Answers with the seller and its ETag.
#[utoipa::path(
    get,
    path = "/admin/sellers/{seller_id}",
    operation_id = "get-seller",
    params(IfNoneMatch),
    responses(
        (status = 200, description = "The seller.", body = Seller, headers(("ETag"))),
        Problems<NotFound>,
    ),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    require_operator(&request)?;
    let id: SellerId = request.path("seller_id")?;
    let seller = deps.catalog.seller(&id).await?.ok_or_else(|| Problem::not_found("seller"))?;
    Ok(Response::json(200, &seller).revision(seller.version))
}
