//! `POST /sales/{sale_id}/intents`: an admitted shopper claims a unit and says how they pay.

use serde::Deserialize;
use souk_domain::{flash_sale::IntentId, ids::FlashSaleId, order::Address};
use souk_runtime::http::{
    HttpResult, Problem, Request, Response, check_purchase,
    description::Problems,
    problem::catalogue::{
        AccountNotEligible, AdmissionNotValid, AdmissionRequired, NotForSale, NotFound, SaleNotOpen, SoldOut,
    },
};
use souk_wiring::Call;
pub use souk_workflows::claim_unit::ClaimUnit as Deps;
use souk_workflows::claim_unit::{self, ClaimError, Outcome};
use utoipa::ToSchema;

use super::{Shopper, intent::IntentView};
use crate::problems;

#[derive(Deserialize, ToSchema)]
#[schema(as = BuyInFlashSale)]
#[serde(deny_unknown_fields)]
struct Body {
    /// A token of the payment gateway.
    #[schema(pattern = "^pm_[A-Za-z0-9_]{1,100}$", example = "pm_card_visa")]
    payment_method: String,
    shipping_address: Address,
}

/// Claims a unit: 202 with where to look. A repeat answers the first intent.
#[utoipa::path(
    post,
    path = "/sales/{sale_id}/intents",
    operation_id = "post-intent",
    params(("Souk-Admission" = String, Header, description = "The admission that the queue gave.")),
    request_body = Body,
    responses(
        (status = 202, description = "A unit is claimed; its order is on its way.", body = IntentView, headers(("Location"))),
        Problems<(NotFound, AdmissionRequired, AdmissionNotValid, AccountNotEligible, SaleNotOpen, NotForSale, SoldOut)>,
    ),
    security(("user" = [])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let shopper = Shopper::of(&request)?;
    let sale_id: FlashSaleId = request.path("sale_id")?;
    let admission = request.token("souk-admission")?;
    let body: Body = request.json()?;
    let shipping_address = check_purchase(&body.payment_method, body.shipping_address)?;
    let wanted = claim_unit::Request {
        user_id: shopper.user_id,
        shopper: shopper.key,
        sale_id: sale_id.clone(),
        admission,
        payment_method: body.payment_method,
        shipping_address,
    };
    Err(match deps.run(wanted, &call).await.map_err(refused)? {
        Outcome::Claimed(id) => return Ok(accepted(&sale_id, &id, &IntentView::queued(&id))),
        Outcome::Ordered(id, order) => return Ok(accepted(&sale_id, &id, &IntentView::of(&id, &order))),
        Outcome::SoldOut => problems::sold_out(),
        Outcome::TryAgain => Problem::try_again("the shards that were asked are empty"),
        Outcome::NotOpen(status) => problems::not_open(status),
        Outcome::NotForSale(sku) => problems::withdrawn(&sku),
        Outcome::Unknown => problems::no_such_sale(),
    })
}

fn accepted(sale_id: &FlashSaleId, intent_id: &IntentId, view: &IntentView<'_>) -> Response {
    Response::json(202, view).header("location", format!("/sales/{sale_id}/intents/{intent_id}"))
}

fn refused(error: ClaimError) -> Problem {
    match error {
        ClaimError::Admission(error) => problems::admission(error),
        ClaimError::Store(error) => error.into(),
        ClaimError::Queue(error) => Problem::try_again(error),
    }
}
