//! `GET /orders/{order_id}`.

use souk_orders::{Archive, Orders, find};
use souk_payments::PaymentRecords;
use souk_runtime::{
    ConfigError, Environment, FromEnvironment,
    http::{HttpResult, Problem, Request, Response},
};

use super::OrderView;
use crate::dependencies;

/// Hot and archived orders, and payments.
#[derive(Debug)]
pub struct Deps {
    orders: Orders,
    archive: Archive,
    payments: PaymentRecords,
}

impl FromEnvironment for Deps {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self {
            orders: dependencies::orders(environment)?,
            archive: dependencies::archive(environment)?,
            payments: dependencies::payments(environment)?,
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

/// The caller's order, wherever it lies.
///
/// # Errors
/// 404 where there is none, or it is another user's.
pub async fn handle(deps: &'static Deps, request: Request) -> HttpResult {
    let user_id = request.caller()?.user_id;
    let order_id = request.path("order_id")?;
    let order = find(&deps.orders, &deps.archive, &order_id).await?;
    let order = order.filter(|order| order.user_id == user_id).ok_or_else(|| Problem::not_found("order"))?;
    let payment = deps.payments.get(&order_id).await?;
    Ok(Response::json(200, &OrderView::whole(&order, payment.as_ref())).etag(order.version))
}
