//! Step F2: a cancelled order keeps no money.

use souk_orders::Orders;
use souk_payments::{PaymentRecords, give_back, stripe::StripeGateway};
use souk_runtime::task::TaskError;
use souk_wiring::{Call, FromEnvironment};

use super::{StepInput, StepOutcome, StepOutput, payment_error, read_cancelled};

/// The orders, the payment records and the gateway.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    orders: Orders,
    payments: PaymentRecords,
    gateway: StripeGateway,
}

/// Voids what is held, or refunds what was taken.
///
/// # Errors
/// Stable names for the state machine's `Retry`.
pub async fn handle(deps: &Deps, input: StepInput, Call { now, .. }: Call) -> Result<StepOutput, TaskError> {
    let order = read_cancelled(&deps.orders, &input.order_id).await?;
    let of = (&order.order_id, order.total.currency());
    let state = give_back(&deps.payments, &deps.gateway, of, now).await.map_err(payment_error)?;
    tracing::info!(order_id = %order.order_id, payment = state.as_str(), "the cancelled order keeps no money");
    Ok(input.answer(StepOutcome::Voided))
}
