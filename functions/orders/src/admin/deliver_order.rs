//! `POST /admin/orders/{order_id}/deliver`: the parcels have arrived.

use jiff::Timestamp;
use souk_domain::order::OrderStatus;
use souk_orders::{ChangeOutcome, Orders};
use souk_runtime::{
    ConfigError, Environment, FromEnvironment,
    http::{HttpResult, Problem, Request, Response, Role},
};

use crate::{dependencies, orders::OrderView, problems};

/// The orders.
#[derive(Debug)]
pub struct Deps {
    orders: Orders,
}

impl FromEnvironment for Deps {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self { orders: dependencies::orders(environment)? })
    }
}

/// Runs the function until its instance ends.
///
/// # Errors
/// Where it cannot start, or the runtime API fails.
pub fn serve() -> Result<(), souk_runtime::Error> {
    souk_runtime::http::serve(handle)
}

/// Marks the order delivered. Repeating it changes nothing.
///
/// # Errors
/// 403 for anybody but the warehouse and operators, 404 no such order, 409 where it has not left.
pub async fn handle(deps: &'static Deps, request: Request) -> HttpResult {
    run(deps, request, souk_runtime::now()).await
}

/// As [`handle`], at a time of the caller's.
///
/// # Errors
/// As [`handle`].
pub async fn run(deps: &Deps, request: Request, now: Timestamp) -> HttpResult {
    request.caller()?.require_any(&[Role::Warehouse, Role::Operator])?;
    let order_id = request.path("order_id")?;
    let order = match deps.orders.deliver(&order_id, now).await? {
        ChangeOutcome::Changed(order) => order,
        ChangeOutcome::Refused(order) if order.status == OrderStatus::Delivered => order,
        ChangeOutcome::Refused(order) => return Err(problems::illegal(&order, "be delivered")),
        ChangeOutcome::Unknown => return Err(Problem::not_found("order")),
    };
    Ok(Response::json(200, &OrderView::brief(&order)).etag(order.version))
}
