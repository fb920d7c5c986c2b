//! `DELETE /checkouts/{checkout_id}`: gives the units back at once.

use jiff::Timestamp;
use souk_domain::reservation::AbandonOutcome;
use souk_inventory::Reservations;
use souk_orders::Checkouts;
use souk_runtime::{
    ConfigError, Environment, FromEnvironment,
    http::{HttpResult, Problem, Request, Response},
};

use crate::{dependencies, problems};

/// Checkouts and reservations.
#[derive(Debug)]
pub struct Deps {
    checkouts: Checkouts,
    reservations: Reservations,
}

impl FromEnvironment for Deps {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self {
            checkouts: dependencies::checkouts(environment)?,
            reservations: dependencies::reservations(environment)?,
        })
    }
}

/// Runs the function until its instance ends.
///
/// # Errors
/// Where it cannot start, or the runtime API fails.
pub fn serve() -> Result<(), souk_runtime::Error> {
    souk_runtime::http::serve(handle)
}

/// Gives the checkout up, then releases its reservation; repeating it changes nothing.
///
/// # Errors
/// 404 where it is not the caller's; 409 where an order has consumed it.
pub async fn handle(deps: &'static Deps, request: Request) -> HttpResult {
    run(deps, request, souk_runtime::now()).await
}

/// As [`handle`], at a time of the caller's.
///
/// # Errors
/// As [`handle`].
pub async fn run(deps: &Deps, request: Request, now: Timestamp) -> HttpResult {
    let user_id = request.caller()?.user_id;
    let checkout_id = request.path("checkout_id")?;
    let checkout = deps.checkouts.of_user(&checkout_id, &user_id).await?;
    let checkout = checkout.ok_or_else(|| Problem::not_found("checkout"))?;
    // First the checkout, so that no order can be placed on it any more; then the units.
    if !deps.checkouts.abandon(&checkout_id).await? {
        return Err(problems::checkout_consumed());
    }
    match deps.reservations.release_abandoned(&checkout.reservation_id, now).await? {
        AbandonOutcome::Released | AbandonOutcome::Absent => Ok(Response::empty(204)),
        AbandonOutcome::Ordered(_) => Err(problems::checkout_consumed()),
    }
}
