//! `DELETE /checkouts/{checkout_id}`: gives the units back at once.

use souk_runtime::http::{
    HttpResult, Problem, Request, Response,
    description::Problems,
    problem::catalogue::{CheckoutConsumed, NotFound},
};
use souk_wiring::Call;
pub use souk_workflows::abandon_checkout::AbandonCheckout as Deps;
use souk_workflows::abandon_checkout::Outcome;

use crate::problems;

/// Gives the checkout up; repeating it changes nothing.
#[utoipa::path(
    delete,
    path = "/checkouts/{checkout_id}",
    operation_id = "delete-checkout",
    responses(
        (status = 204, description = "The units are for sale again."),
        Problems<(NotFound, CheckoutConsumed)>,
    ),
    security(("user" = [])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let user_id = request.caller()?.user_id;
    match deps.run(&request.path("checkout_id")?, &user_id, &call).await? {
        Outcome::Abandoned => Ok(Response::empty(204)),
        Outcome::Ordered => Err(problems::checkout_consumed()),
        Outcome::Unknown => Err(Problem::not_found("checkout")),
    }
}
