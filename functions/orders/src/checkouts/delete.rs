//! `DELETE /checkouts/{checkout_id}`: gives the units back at once.

use jiff::Timestamp;
use souk_domain::reservation::AbandonOutcome;
use souk_inventory::Reservations;
use souk_orders::Checkouts;
use souk_runtime::http::{HttpResult, Problem, Request, Response};
use souk_wiring::{Call, FromEnvironment};

use crate::{problems};

/// Checkouts and reservations.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    checkouts: Checkouts,
    reservations: Reservations,
}

/// Gives the checkout up, then releases its reservation; repeating it changes nothing.
///
/// # Errors
/// 404 where it is not the caller's; 409 where an order has consumed it.
pub async fn handle(deps: &Deps, request: Request, Call { now, .. }: Call) -> HttpResult {
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
