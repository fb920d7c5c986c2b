//! `PUT /admin/sales/{sale_id}`: defines a sale, or changes one before its opening.

use souk_domain::flash_sale::{FlashSaleDraft, FlashSaleTerms};
use souk_runtime::http::{
    HttpResult, Problem, Request, Response,
    description::{IfMatch, Problems},
    problem::catalogue::{IllegalTransition, NotForSale, NotFound, OutOfStock, Unprocessable},
};
use souk_wiring::Call;
pub use souk_workflows::define_flash_sale::DefineFlashSale as Deps;
use souk_workflows::define_flash_sale::Outcome;

use super::{FlashSaleTermsView, sale_of};
use crate::problems;

/// 201 for a new sale, whose units have left stock for its shards. SKU and units are fixed from then on;
/// the rest can be changed under `If-Match` until it opens.
#[utoipa::path(
    put,
    path = "/admin/sales/{sale_id}",
    operation_id = "put-sale",
    params(IfMatch),
    request_body = FlashSaleDraft,
    responses(
        (status = 200, description = "It was changed.", body = FlashSaleTermsView, headers(("ETag"))),
        (status = 201, description = "It was defined.", body = FlashSaleTermsView, headers(("ETag"))),
        Problems<(NotFound, Unprocessable, IllegalTransition, NotForSale, OutOfStock)>,
    ),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let sale_id = sale_of(&request)?;
    let seen = request.if_match()?;
    let draft: FlashSaleDraft = request.json()?;
    let terms = FlashSaleTerms::new(draft).map_err(problems::terms)?;
    Err(match deps.run(&sale_id, &terms, seen, &call).await? {
        Outcome::Defined(sale) => return Ok(Response::json(201, &FlashSaleTermsView::from(&*sale)).etag(sale.version)),
        Outcome::Changed(sale) => return Ok(Response::json(200, &FlashSaleTermsView::from(&*sale)).etag(sale.version)),
        Outcome::VersionNeeded(version) => Problem::version_needed(version),
        Outcome::NothingToMatch => Problem::nothing_to_match(),
        Outcome::Stale(version) => Problem::stale(version),
        Outcome::Price(why) => Problem::invalid_field(format!("price.{}", why.field()), why.to_string()),
        Outcome::UnknownSku => Problem::unprocessable("sku", "no product has it"),
        Outcome::NotForSale => problems::withdrawn(terms.sku()),
        Outcome::OpensInThePast => Problem::unprocessable("opens_at", "must be in the future"),
        Outcome::Fixed(field) => Problem::unprocessable(
            field,
            "is fixed, because the units have left stock: close this sale and define another",
        ),
        Outcome::TooLate(status) => problems::illegal(status, "be changed"),
        Outcome::OutOfStock(shortage) => problems::out_of_stock(&shortage),
        Outcome::Busy => Problem::try_again("the stock or the sale was being written"),
        Outcome::Unknown => problems::no_such_sale(),
    })
}
