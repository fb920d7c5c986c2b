//! Step S3: the decision. From here on the order is sold, and stock and money follow.

use souk_domain::order::Terms;
use souk_orders::{ConfirmOutcome, Orders};
use souk_runtime::task::TaskError;
use souk_wiring::{Call, Days, FromEnvironment};

use super::{StepInput, StepOutcome, StepOutput, unknown};

/// The orders, and what is promised of them.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    orders: Orders,
    #[variable("DISPATCH_DAYS")]
    dispatch: Days,
    #[variable("DELIVERY_DAYS")]
    delivery: Days,
}

/// Confirms the order, unless it was cancelled first.
///
/// # Errors
/// Stable names for the state machine's `Retry`.
pub async fn handle(deps: &Deps, input: StepInput, Call { now, .. }: Call) -> Result<StepOutput, TaskError> {
    let terms = Terms { dispatch: deps.dispatch.0, delivery: deps.delivery.0 };
    match deps.orders.confirm(&input.order_id, terms, now).await? {
        ConfirmOutcome::Confirmed => Ok(input.answer(StepOutcome::Confirmed)),
        ConfirmOutcome::Cancelled => Ok(input.answer(StepOutcome::Cancelled)),
        ConfirmOutcome::Unknown => Err(unknown(&input.order_id)),
    }
}
