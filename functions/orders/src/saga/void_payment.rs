//! Step F2: a cancelled order keeps no money.

use jiff::Timestamp;
use souk_orders::Orders;
use souk_payments::{PaymentRecords, give_back, stripe::StripeGateway};
use souk_runtime::{ConfigError, Environment, FromEnvironment, task::TaskError};

use super::{StepInput, StepOutcome, StepOutput, payment_error, read_cancelled};
use crate::dependencies;

/// The orders, the payment records and the gateway.
#[derive(Debug)]
pub struct Deps {
    orders: Orders,
    payments: PaymentRecords,
    gateway: StripeGateway,
}

impl FromEnvironment for Deps {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self {
            orders: dependencies::orders(environment)?,
            payments: dependencies::payments(environment)?,
            gateway: dependencies::gateway(environment).await?,
        })
    }
}

/// Runs the function until its instance ends.
///
/// # Errors
/// Where it cannot start, or the runtime API fails.
pub fn serve() -> Result<(), souk_runtime::Error> {
    souk_runtime::task::serve(handle)
}

/// Voids what is held, or refunds what was taken.
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
    let order = read_cancelled(&deps.orders, &input.order_id).await?;
    let state = give_back(&deps.payments, &deps.gateway, &order.order_id, now).await.map_err(payment_error)?;
    tracing::info!(order_id = %order.order_id, payment = state.as_str(), "the cancelled order keeps no money");
    Ok(input.answer(StepOutcome::Voided))
}
