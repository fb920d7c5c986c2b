//! Step F1: the saga found no stock, no money or no time, and cancels. Only from `PENDING_PAYMENT`.

use souk_domain::order::{CancelReason, Canceller};
use souk_orders::{CancelOutcome, Orders};
use souk_runtime::task::TaskError;
use souk_wiring::{Call, FromEnvironment};

use super::{StepInput, StepOutcome, StepOutput, unknown};

/// The orders.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    orders: Orders,
}

/// Cancels the order; where somebody confirmed it meanwhile, the machine goes forward.
///
/// # Errors
/// Stable names for the state machine's `Retry`.
pub async fn handle(deps: &Deps, input: StepInput, Call { now, .. }: Call) -> Result<StepOutput, TaskError> {
    let by = Canceller::Saga(input.reason.unwrap_or(CancelReason::PaymentExpired));
    match deps.orders.cancel(&input.order_id, by, now).await? {
        CancelOutcome::Cancelled(_) => Ok(input.answer(StepOutcome::Cancelled)),
        CancelOutcome::Refused(_) => Ok(input.answer(StepOutcome::Confirmed)),
        CancelOutcome::Unknown => Err(unknown(&input.order_id)),
    }
}
