//! Steps S3 to S5: the decision, and what follows it. From S3 on the order is sold, and stock and money follow. Now what was
//! ordered leaves the cart, and not before: an order that comes to nothing leaves the bag as it was.

use jiff::Timestamp;
use souk_cart::Carts;
use souk_domain::{
    ids::Sku,
    order::{Order, OrderStatus, Terms},
};
use souk_orders::{ConfirmOutcome, Orders};
use souk_runtime::task::TaskError;
use souk_wiring::{Call, Days, FromEnvironment};

use super::{
    StepInput, StepOutcome, StepOutput,
    commit_reservation::{CommitReservation, Committed},
    read,
    settle_order::settle,
    unknown,
};

/// The orders, what is promised of them, the carts that they were made of, and what holds their units.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    orders: Orders,
    carts: Carts,
    units: CommitReservation,
    #[variable("DISPATCH_DAYS")]
    dispatch: Days,
    #[variable("DELIVERY_DAYS")]
    delivery: Days,
}

/// Confirms the order, unless it was cancelled first; then its units leave, and it is settled.
///
/// # Errors
/// Stable names for the state machine's `Retry`; `StockLost` where a confirmed order has no units, which the protocol
/// excludes: a person must look.
pub async fn handle(deps: &Deps, input: StepInput, Call { now, .. }: Call) -> Result<StepOutput, TaskError> {
    let terms = Terms { dispatch: deps.dispatch.0, delivery: deps.delivery.0 };
    let order = match deps.orders.confirm(&input.order_id, terms, now).await? {
        ConfirmOutcome::Confirmed(order) => order,
        ConfirmOutcome::Cancelled => return Ok(input.answer(StepOutcome::Cancelled)),
        ConfirmOutcome::Unknown => return Err(unknown(&input.order_id)),
    };
    if order.settled {
        return Ok(input.answer(StepOutcome::Settled));
    }
    empty_cart(deps, &order, now).await;
    let decided = [OrderStatus::Confirmed, OrderStatus::Shipped, OrderStatus::Delivered];
    let settled = match deps.units.run(&order, now).await? {
        Committed::Left => deps.orders.settle(&input.order_id, &decided).await?,
        // Rows forget what they sold only once the order is settled.
        Committed::Sold(units) => deps.orders.settle_sold(&input.order_id, &units).await?,
        Committed::Released => {
            return match read(&deps.orders, &input.order_id).await?.status {
                OrderStatus::Cancelled => Ok(input.answer(StepOutcome::Cancelled)),
                status => {
                    Err(TaskError::new("StockLost", format!("{} is {status} and holds no units", input.order_id)))
                }
            };
        }
    };
    settle(input, settled)
}

/// What was ordered leaves the cart. The order stands whatever becomes of this: the cart is only advice, and its version
/// is marked, so that it is not ordered twice.
async fn empty_cart(deps: &Deps, order: &Order, now: Timestamp) {
    let Some(version) = order.origin.checkout().and_then(|checkout| checkout.cart_version) else { return };
    let ordered: Vec<Sku> = order.lines.iter().map(|line| line.sku.clone()).collect();
    if let Err(error) = deps.carts.take_ordered(&order.user_id, version, &ordered, now).await {
        tracing::warn!(order_id = %order.order_id, %error, "the cart still shows what was ordered");
    }
}
