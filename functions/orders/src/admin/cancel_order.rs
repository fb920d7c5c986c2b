//! `POST /admin/orders/{order_id}/cancel`, by an operator.

use jiff::Timestamp;
use souk_domain::order::Canceller;
use souk_orders::{CancelOutcome, Orders, Saga};
use souk_runtime::{
    ConfigError, Environment, FromEnvironment,
    http::{HttpResult, Problem, Request, Response, Role},
};

use crate::{dependencies, orders::OrderView, problems};

/// Orders, and the saga that gives money and units back.
#[derive(Debug)]
pub struct Deps {
    orders: Orders,
    saga: Saga,
}

impl FromEnvironment for Deps {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self { orders: dependencies::orders(environment)?, saga: dependencies::saga(environment)? })
    }
}

/// Runs the function until its instance ends.
///
/// # Errors
/// Where it cannot start, or the runtime API fails.
pub fn serve() -> Result<(), souk_runtime::Error> {
    souk_runtime::http::serve(handle)
}

/// Cancels any order before shipment. Repeating it changes nothing.
///
/// # Errors
/// 403 for anybody but operators, 404 where there is no such order, 409 once it was shipped.
pub async fn handle(deps: &'static Deps, request: Request) -> HttpResult {
    run(deps, request, souk_runtime::now()).await
}

/// As [`handle`], at a time of the caller's.
///
/// # Errors
/// As [`handle`].
pub async fn run(deps: &Deps, request: Request, now: Timestamp) -> HttpResult {
    request.caller()?.require_any(&[Role::Operator])?;
    let order_id = request.path("order_id")?;
    match deps.orders.cancel(&order_id, Canceller::Operator, now).await? {
        CancelOutcome::Cancelled(order) => {
            deps.saga.nudge(&order_id).await;
            Ok(Response::json(200, &OrderView::brief(&order)).etag(order.version))
        }
        CancelOutcome::Refused(order) => Err(problems::illegal(&order, "be cancelled")),
        CancelOutcome::Unknown => Err(Problem::not_found("order")),
    }
}
