//! Step S3: the decision. From here on the order is sold, and stock and money follow.

use souk_orders::{ConfirmOutcome, Orders};
use souk_runtime::task::TaskError;
use souk_wiring::{Call, FromEnvironment};

use super::{StepInput, StepOutcome, StepOutput, unknown};

/// The orders.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    orders: Orders,
}

/// Confirms the order, unless it was cancelled first.
///
/// # Errors
/// Stable names for the state machine's `Retry`.
pub async fn handle(deps: &Deps, input: StepInput, Call { now, .. }: Call) -> Result<StepOutput, TaskError> {
    match deps.orders.confirm(&input.order_id, now).await? {
        ConfirmOutcome::Confirmed => Ok(input.answer(StepOutcome::Confirmed)),
        ConfirmOutcome::Cancelled => Ok(input.answer(StepOutcome::Cancelled)),
        ConfirmOutcome::Unknown => Err(unknown(&input.order_id)),
    }
}
