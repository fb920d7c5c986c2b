//! Steps F0 and F1: the saga found no stock, no money or no time, and cancels. Only from `PENDING_PAYMENT`, and where
//! rows of stock hold the units only once no money can come any more.

use souk_domain::order::{CancelReason, Canceller, Order};
use souk_orders::{CancelOutcome, Orders};
use souk_payments::{FencedFirst, PaymentRecords, fence_unpaid, stripe::StripeGateway};
use souk_runtime::task::TaskError;
use souk_wiring::{Call, FromEnvironment};

use super::{StepInput, StepOutcome, StepOutput, payment_error, read, unknown};

/// The orders, the payment records and the gateway.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    orders: Orders,
    payments: PaymentRecords,
    gateway: StripeGateway,
}

/// Fences the payment, then cancels the order; where its money is held, or somebody confirmed it meanwhile, the machine
/// goes forward.
///
/// # Errors
/// Stable names for the state machine's `Retry`.
pub async fn handle(deps: &Deps, input: StepInput, Call { now, .. }: Call) -> Result<StepOutput, TaskError> {
    let order = read(&deps.orders, &input.order_id).await?;
    if is_of_rows(&order) {
        // Nobody may have asked for long: an answer may have been lost.
        let asks = order.payment_overdue(now);
        let fenced =
            fence_unpaid(&deps.payments, &deps.gateway, &order.order_id, order.total.currency(), asks, now).await;
        if fenced.map_err(payment_error)? == FencedFirst::Authorized {
            return Ok(StepInput { reason: None, ..input }.answer(StepOutcome::Authorized));
        }
    }
    let by = Canceller::Saga(input.reason.unwrap_or(CancelReason::PaymentExpired));
    match deps.orders.cancel(&input.order_id, by, now).await? {
        CancelOutcome::Cancelled(_) => Ok(input.answer(StepOutcome::Cancelled)),
        CancelOutcome::Refused(_) => Ok(input.answer(StepOutcome::Confirmed)),
        CancelOutcome::Unknown => Err(unknown(&input.order_id)),
    }
}

fn is_of_rows(order: &Order) -> bool {
    order.origin.checkout().is_some_and(|checkout| checkout.held_by.rows().is_some())
}
