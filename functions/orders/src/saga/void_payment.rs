//! Steps F2b to F4: a cancelled order keeps no money, and is settled.

use souk_domain::order::OrderStatus;
use souk_orders::{Checkouts, Orders};
use souk_payments::{PaymentRecords, give_back, stripe::StripeGateway};
use souk_runtime::task::TaskError;
use souk_wiring::{Call, FromEnvironment};

use super::{
    StepInput, StepOutput, payment_error, read_cancelled,
    settle_order::{reopen_cart, settle},
};

/// The orders, their carts' marks, the payment records and the gateway.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    orders: Orders,
    checkouts: Checkouts,
    payments: PaymentRecords,
    gateway: StripeGateway,
}

/// Voids what is held, or refunds what was taken; then nothing is left to follow.
///
/// # Errors
/// Stable names for the state machine's `Retry`.
pub async fn handle(deps: &Deps, input: StepInput, Call { now, .. }: Call) -> Result<StepOutput, TaskError> {
    let order = read_cancelled(&deps.orders, &input.order_id).await?;
    let of = (&order.order_id, order.total.currency());
    let state = give_back(&deps.payments, &deps.gateway, of, now).await.map_err(payment_error)?;
    tracing::info!(order_id = %order.order_id, payment = state.as_str(), "the cancelled order keeps no money");
    reopen_cart(&deps.checkouts, &order).await?;
    let settled = deps.orders.settle(&input.order_id, &[OrderStatus::Cancelled]).await?;
    settle(input, settled)
}
