//! Step S4: the confirmed order's units leave the stock's numbers.

use jiff::Timestamp;
use souk_domain::{
    order::{FromCheckout, HeldBy, LineRows, OrderStatus, Origin},
    reservation::CommitOutcome,
    stock::Selling,
};
use souk_dynamo::StoreError;
use souk_inventory::{Reservations, StockRows};
use souk_orders::Orders;
use souk_runtime::task::TaskError;
use souk_wiring::{Call, FromEnvironment};

use super::{StepInput, StepOutcome, StepOutput, read};

/// The orders, and what holds their units.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    orders: Orders,
    reservations: Reservations,
    stock: StockRows,
}

/// Commits the reservation, or sells what rows hold. Where it was released, the order must have been cancelled.
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
    let is_sold = match &checkout.held_by {
        HeldBy::Reservation { reservation_id } => {
            let committed = deps.reservations.commit(reservation_id, &order.order_id, now).await?;
            committed == CommitOutcome::Committed
        }
        HeldBy::Rows { rows } => sell(&deps.stock, checkout, rows, now).await?,
    };
    if is_sold {
        return Ok(input.answer(StepOutcome::Committed));
    }
    match read(&deps.orders, &input.order_id).await?.status {
        OrderStatus::Cancelled => Ok(input.answer(StepOutcome::Cancelled)),
        status => Err(TaskError::new("StockLost", format!("{} is {status} and holds no units", input.order_id))),
    }
}

/// True where every row sold what it held for the order, now or before; false where one had released it.
async fn sell(
    stock: &StockRows,
    checkout: &FromCheckout,
    lines: &[LineRows],
    now: Timestamp,
) -> Result<bool, StoreError> {
    for line in lines {
        for (row, believed) in line.believed() {
            let sold = stock.sell(&row, &checkout.checkout_id, believed, now).await?;
            if sold.is_some_and(|sold| sold.outcome == Selling::Released) {
                return Ok(false);
            }
        }
    }
    Ok(true)
}
