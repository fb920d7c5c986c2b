//! Step S3: the decision. From here on the order is sold, and stock and money follow. Now what was ordered leaves the
//! cart, and not before: an order that comes to nothing leaves the bag as it was.

use jiff::Timestamp;
use souk_cart::Carts;
use souk_domain::{
    ids::Sku,
    order::{Order, Terms},
};
use souk_orders::{ConfirmOutcome, Orders};
use souk_runtime::task::TaskError;
use souk_wiring::{Call, Days, FromEnvironment};

use super::{StepInput, StepOutcome, StepOutput, unknown};

/// The orders, what is promised of them, and the carts that they were made of.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    orders: Orders,
    carts: Carts,
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
        ConfirmOutcome::Confirmed(order) => {
            empty_cart(deps, &order, now).await;
            Ok(input.answer(StepOutcome::Confirmed))
        }
        ConfirmOutcome::Cancelled => Ok(input.answer(StepOutcome::Cancelled)),
        ConfirmOutcome::Unknown => Err(unknown(&input.order_id)),
    }
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
