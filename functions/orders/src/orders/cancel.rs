//! `POST /orders/{order_id}/cancel`, by the customer.

use jiff::Timestamp;
use souk_domain::{
    ids::{OrderId, UserId},
    order::Canceller,
};
use souk_orders::{Archive, CancelOutcome, Orders, Saga};
use souk_runtime::{
    ConfigError, Environment, FromEnvironment,
    http::{HttpResult, Problem, Request, Response},
};

use super::OrderView;
use crate::{dependencies, problems};

/// Orders, and the saga that gives money and units back.
#[derive(Debug)]
pub struct Deps {
    orders: Orders,
    archive: Archive,
    saga: Saga,
}

impl FromEnvironment for Deps {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self {
            orders: dependencies::orders(environment)?,
            archive: dependencies::archive(environment)?,
            saga: dependencies::saga(environment)?,
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

/// Cancels before shipment. Repeating it changes nothing.
///
/// # Errors
/// 404 where it is not the caller's; 409 once it was shipped.
pub async fn handle(deps: &'static Deps, request: Request) -> HttpResult {
    run(deps, request, souk_runtime::now()).await
}

/// As [`handle`], at a time of the caller's.
///
/// # Errors
/// As [`handle`].
pub async fn run(deps: &Deps, request: Request, now: Timestamp) -> HttpResult {
    let user_id = request.caller()?.user_id;
    let order_id = request.path("order_id")?;
    owned(deps, &order_id, &user_id).await?;
    match deps.orders.cancel(&order_id, Canceller::Customer, now).await? {
        CancelOutcome::Cancelled(order) => {
            deps.saga.nudge(&order_id).await;
            Ok(Response::json(200, &OrderView::brief(&order)).etag(order.version))
        }
        CancelOutcome::Refused(order) => Err(problems::illegal(&order, "be cancelled")),
        CancelOutcome::Unknown => Err(Problem::not_found("order")),
    }
}

/// Refuses an order that is not the caller's, and one that has ended and left the hot table.
async fn owned(deps: &Deps, order_id: &OrderId, user_id: &UserId) -> Result<(), Problem> {
    let mine = |owner: &UserId| if owner == user_id { Ok(()) } else { Err(Problem::not_found("order")) };
    match deps.orders.get(order_id).await? {
        Some(order) => mine(&order.user_id),
        None => match deps.archive.get(order_id).await? {
            Some(order) => mine(&order.user_id).and_then(|()| Err(problems::illegal(&order, "be cancelled"))),
            None => Err(Problem::not_found("order")),
        },
    }
}
