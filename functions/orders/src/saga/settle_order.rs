//! Steps S5 and F4: stock and money have followed the decision, so the sweeper may forget the order.

use serde::Deserialize;
use souk_domain::{
    ids::OrderId,
    order::{Order, OrderStatus},
};
use souk_orders::{Checkouts, Orders, SettleOutcome};
use souk_runtime::task::TaskError;
use souk_wiring::{Call, FromEnvironment};
use souk_workflows::settle_sold::SettleSold;

use super::{StepInput, StepOutcome, StepOutput, read, unknown};

/// Orders and checkouts.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    orders: Orders,
    checkouts: Checkouts,
    sold: SettleSold,
}

/// Which way the machine came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Path {
    /// Confirmed, units committed.
    Forward,
    /// Cancelled, money and units given back.
    Compensated,
}

/// The step's input.
#[derive(Debug, Deserialize)]
pub struct Input {
    order_id: OrderId,
    path: Path,
}

/// Settles the order, unless its decision has changed since.
///
/// # Errors
/// Stable names for the state machine's `Retry`.
pub async fn handle(deps: &Deps, input: Input, _: Call) -> Result<StepOutput, TaskError> {
    let Input { order_id, path } = input;
    let order = read(&deps.orders, &order_id).await?;
    let settled = match path {
        Path::Forward => match deps.sold.run(&order).await? {
            Some(settled) => settled,
            None => {
                let decided = [OrderStatus::Confirmed, OrderStatus::Shipped, OrderStatus::Delivered];
                deps.orders.settle(&order_id, &decided).await?
            }
        },
        Path::Compensated => {
            reopen_cart(deps, &order).await?;
            deps.orders.settle(&order_id, &[OrderStatus::Cancelled]).await?
        }
    };
    let input = StepInput { order_id, reason: None };
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
async fn reopen_cart(deps: &Deps, order: &Order) -> Result<(), TaskError> {
    let in_reservation = order.origin.checkout().filter(|checkout| checkout.held_by.reservation().is_some());
    match in_reservation.and_then(|checkout| checkout.cart_version) {
        Some(version) if order.status == OrderStatus::Cancelled => {
            Ok(deps.checkouts.unmark_cart(&order.user_id, version, &order.order_id).await?)
        }
        _ => Ok(()),
    }
}
