//! Step S4: the confirmed order's units leave the stock's numbers.

use jiff::Timestamp;
use souk_domain::{
    order::{OrderStatus, Origin},
    reservation::CommitOutcome,
};
use souk_inventory::Reservations;
use souk_orders::Orders;
use souk_runtime::{ConfigError, Environment, FromEnvironment, task::TaskError};

use super::{StepInput, StepOutcome, StepOutput, read};
use crate::dependencies;

/// The orders and the reservations.
#[derive(Debug)]
pub struct Deps {
    orders: Orders,
    reservations: Reservations,
}

impl FromEnvironment for Deps {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self { orders: dependencies::orders(environment)?, reservations: dependencies::reservations(environment)? })
    }
}

/// Runs the function until its instance ends.
///
/// # Errors
/// Where it cannot start, or the runtime API fails.
pub fn serve() -> Result<(), souk_runtime::Error> {
    souk_runtime::task::serve(handle)
}

/// Commits the reservation. Where it was released, the order must have been cancelled.
///
/// # Errors
/// Stable names for the state machine's `Retry`; `StockLost` where a confirmed order has no units,
/// which the protocol excludes: a person must look.
pub async fn handle(deps: &'static Deps, input: StepInput) -> Result<StepOutput, TaskError> {
    run(deps, input, souk_runtime::now()).await
}

/// As [`handle`], at a time of the caller's.
///
/// # Errors
/// As [`handle`].
pub async fn run(deps: &Deps, input: StepInput, now: Timestamp) -> Result<StepOutput, TaskError> {
    let order = read(&deps.orders, &input.order_id).await?;
    let Origin::Checkout(checkout) = &order.origin else {
        // A sale's units left the stock's numbers when the sale was defined.
        return Ok(input.answer(StepOutcome::Committed));
    };
    match deps.reservations.commit(&checkout.reservation_id, &order.order_id, now).await? {
        CommitOutcome::Committed => Ok(input.answer(StepOutcome::Committed)),
        CommitOutcome::Returned
        | CommitOutcome::Released
        | CommitOutcome::NotAttached
        | CommitOutcome::OtherOrder(_)
        | CommitOutcome::Absent => match read(&deps.orders, &input.order_id).await?.status {
            OrderStatus::Cancelled => Ok(input.answer(StepOutcome::Cancelled)),
            status => Err(TaskError::new("StockLost", format!("{} is {status} and holds no units", input.order_id))),
        },
    }
}
