//! `GET /checkouts/{checkout_id}`.

use souk_orders::Checkouts;
use souk_runtime::{
    ConfigError, Environment, FromEnvironment,
    http::{HttpResult, Problem, Request, Response},
};

use super::CheckoutView;
use crate::dependencies;

/// The checkouts.
#[derive(Debug)]
pub struct Deps {
    checkouts: Checkouts,
}

impl FromEnvironment for Deps {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self { checkouts: dependencies::checkouts(environment)? })
    }
}

/// Runs the function until its instance ends.
///
/// # Errors
/// Where it cannot start, or the runtime API fails.
pub fn serve() -> Result<(), souk_runtime::Error> {
    souk_runtime::http::serve(handle)
}

/// The caller's checkout.
///
/// # Errors
/// 404 where there is none, it was given up, or it is another user's.
pub async fn handle(deps: &'static Deps, request: Request) -> HttpResult {
    let user_id = request.caller()?.user_id;
    let checkout_id = request.path("checkout_id")?;
    let checkout = deps.checkouts.of_user(&checkout_id, &user_id).await?.filter(|checkout| !checkout.abandoned);
    let checkout = checkout.ok_or_else(|| Problem::not_found("checkout"))?;
    Ok(Response::json(200, &CheckoutView::new(&checkout, &[])))
}
