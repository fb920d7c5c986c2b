//! Step S3: the decision. From here on the order is sold, and stock and money follow.

use jiff::Timestamp;
use souk_orders::{ConfirmOutcome, Orders};
use souk_runtime::{ConfigError, Environment, FromEnvironment, task::TaskError};

use super::{StepInput, StepOutcome, StepOutput, unknown};
use crate::dependencies;

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
    souk_runtime::task::serve(handle)
}

/// Confirms the order, unless it was cancelled first.
///
/// # Errors
/// Stable names for the state machine's `Retry`.
pub async fn handle(deps: &'static Deps, input: StepInput) -> Result<StepOutput, TaskError> {
    run(deps, input, souk_runtime::now()).await
}

/// As [`handle`], at a time of the caller's.
///
/// # Errors
/// As [`handle`].
pub async fn run(deps: &Deps, input: StepInput, now: Timestamp) -> Result<StepOutput, TaskError> {
    match deps.orders.confirm(&input.order_id, now).await? {
        ConfirmOutcome::Confirmed => Ok(input.answer(StepOutcome::Confirmed)),
        ConfirmOutcome::Cancelled => Ok(input.answer(StepOutcome::Cancelled)),
        ConfirmOutcome::Unknown => Err(unknown(&input.order_id)),
    }
}
