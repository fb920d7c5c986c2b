//! Steps S5 and F4: stock and money have followed the decision, so the sweeper may forget the order.

use souk_domain::order::{Order, OrderStatus};
use souk_dynamo::StoreError;
use souk_orders::{Checkouts, SettleOutcome};
use souk_runtime::task::TaskError;

use super::{StepInput, StepOutcome, StepOutput, unknown};

/// What settling came to, as the machine hears it: the decision may have changed since.
pub(super) fn settle(input: StepInput, settled: SettleOutcome) -> Result<StepOutput, TaskError> {
    match settled {
        SettleOutcome::Settled => Ok(input.answer(StepOutcome::Settled)),
        SettleOutcome::Changed(OrderStatus::Cancelled) => Ok(input.answer(StepOutcome::Cancelled)),
        SettleOutcome::Changed(status) => {
            Err(TaskError::new("NotCancelled", format!("{} is {status}", input.order_id)))
        }
        SettleOutcome::Unknown => Err(unknown(&input.order_id)),
    }
}

/// The cart's version may be ordered again, once its order came to nothing.
pub(super) async fn reopen_cart(checkouts: &Checkouts, order: &Order) -> Result<(), StoreError> {
    let in_reservation = order.origin.checkout().filter(|checkout| checkout.held_by.reservation().is_some());
    match in_reservation.and_then(|checkout| checkout.cart_version) {
        Some(version) if order.status == OrderStatus::Cancelled => {
            checkouts.unmark_cart(&order.user_id, version, &order.order_id).await
        }
        _ => Ok(()),
    }
}
