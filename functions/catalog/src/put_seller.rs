//! `PUT /admin/sellers/{seller_id}`: creates or changes a seller.

use souk_catalog::{Seller, SellerDetails};
use souk_domain::ids::SellerId;
use souk_runtime::http::{HttpResult, Request, Response, description::IfMatch};
use souk_wiring::Call;

pub use crate::operator::Deps;
use crate::{
    operator::{effect, require_operator},
    problems,
};

/// Answers with the seller as it is stored now.
#[utoipa::path(
    put,
    path = "/admin/sellers/{seller_id}",
    operation_id = "put-seller",
    params(IfMatch),
    request_body = SellerDetails,
    responses(
        (status = 200, description = "It was changed, or was equal.", body = Seller, headers(("ETag"))),
        (status = 201, description = "It was created.", body = Seller, headers(("ETag"))),
    ),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    require_operator(&request)?;
    let id: SellerId = request.path("seller_id")?;
    let if_match = request.if_match()?;
    let details: SellerDetails = request.json()?;
    let put = deps.catalog.put_seller(&id, details, if_match).await.map_err(problems::put_seller)?;
    let (effect, seller) = effect(put);
    Ok(Response::put(effect, seller.version, &seller))
}
