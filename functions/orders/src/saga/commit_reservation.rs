//! Step S4: the confirmed order's units leave the stock's numbers.

use souk_domain::order::OrderStatus;
use souk_inventory::{CommitOutcome, Inventory};
use souk_orders::Orders;
use souk_runtime::{ConfigError, Environment, FromEnvironment, task::TaskError};

use super::{StepInput, StepOutcome, StepOutput, read};
use crate::dependencies;

/// The orders and the reservations.
#[derive(Debug)]
pub struct Deps {
    orders: Orders,
    inventory: Inventory,
}

impl FromEnvironment for Deps {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self { orders: dependencies::orders(environment)?, inventory: dependencies::inventory(environment)? })
    }
}

/// Commits the reservation. Where it was released, the order must have been cancelled.
///
/// # Errors
/// Stable names for the state machine's `Retry`; `StockLost` where a confirmed order has no units,
/// which the protocol excludes: a person must look.
pub async fn handle(deps: &'static Deps, input: StepInput) -> Result<StepOutput, TaskError> {
    let order = read(&deps.orders, &input.order_id).await?;
    match deps.inventory.commit(&order.reservation_id, &order.order_id).await? {
        CommitOutcome::Committed => Ok(input.answer(StepOutcome::Committed)),
        CommitOutcome::Lost => match read(&deps.orders, &input.order_id).await?.status {
            OrderStatus::Cancelled => Ok(input.answer(StepOutcome::Cancelled)),
            status => Err(TaskError::new("StockLost", format!("{} is {status} and holds no units", input.order_id))),
        },
    }
}
