//! Step S4: the confirmed order's units leave the stock's numbers.

use souk_domain::{
    order::{OrderStatus, Origin},
    reservation::CommitOutcome,
};
use souk_inventory::Reservations;
use souk_orders::Orders;
use souk_runtime::task::TaskError;
use souk_wiring::{Call, FromEnvironment};

use super::{StepInput, StepOutcome, StepOutput, read};

/// The orders and the reservations.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    orders: Orders,
    reservations: Reservations,
}

/// Commits the reservation. Where it was released, the order must have been cancelled.
///
/// # Errors
/// Stable names for the state machine's `Retry`; `StockLost` where a confirmed order has no units,
/// which the protocol excludes: a person must look.
pub async fn handle(deps: &Deps, input: StepInput, Call { now, .. }: Call) -> Result<StepOutput, TaskError> {
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
