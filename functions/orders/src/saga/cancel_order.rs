//! Step F1: the saga found no stock, no money or no time, and cancels. Only from `PENDING_PAYMENT`.

use jiff::Timestamp;
use souk_domain::order::{CancelReason, Canceller};
use souk_orders::{CancelOutcome, Orders};
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

/// Cancels the order; where somebody confirmed it meanwhile, the machine goes forward.
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
    let by = Canceller::Saga(input.reason.unwrap_or(CancelReason::PaymentExpired));
    match deps.orders.cancel(&input.order_id, by, now).await? {
        CancelOutcome::Cancelled(_) => Ok(input.answer(StepOutcome::Cancelled)),
        CancelOutcome::Refused(_) => Ok(input.answer(StepOutcome::Confirmed)),
        CancelOutcome::Unknown => Err(unknown(&input.order_id)),
    }
}
