//! Step F3: a cancelled order's units are for sale again.

use souk_domain::{
    flash_sale::ShopperKey,
    order::{FromFlashSale, Order, Origin},
};
use souk_flash_sales::Shards;
use souk_inventory::Reservations;
use souk_orders::Orders;
use souk_runtime::task::TaskError;
use souk_wiring::{Call, FromEnvironment};

use super::{StepInput, StepOutcome, StepOutput, read_cancelled};

/// The orders, and what holds units for them.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    orders: Orders,
    reservations: Reservations,
    shards: Shards,
}

/// Releases what is held, or returns what was committed; each once.
///
/// # Errors
/// Stable names for the state machine's `Retry`.
pub async fn handle(deps: &Deps, input: StepInput, Call { now, .. }: Call) -> Result<StepOutput, TaskError> {
    let order = read_cancelled(&deps.orders, &input.order_id).await?;
    match &order.origin {
        Origin::Checkout(checkout) => {
            // The order consumed its checkout in the transaction that placed it, so a reservation that
            // names no order yet is this order's.
            let checkout_is_orders = true;
            let reservation_id = &checkout.reservation_id;
            let (reservations, missing) = (&deps.reservations, order.missing());
            let released = reservations
                .release_for_order(reservation_id, &order.order_id, checkout_is_orders, &missing, now)
                .await?;
            tracing::info!(order_id = %order.order_id, stock = ?released, "the cancelled order keeps no units");
        }
        // Its one unit was not there: it is not offered to the next.
        Origin::FlashSale(_) if !order.shortages.is_empty() => {}
        Origin::FlashSale(sale) => give_claim_back(deps, &order, sale).await?,
    }
    Ok(input.answer(StepOutcome::Released))
}

/// A cancelled order stays cancelled, so its claim may be released whenever this runs.
async fn give_claim_back(deps: &Deps, order: &Order, sale: &FromFlashSale) -> Result<(), TaskError> {
    let shopper = ShopperKey::of(&order.user_id).map_err(|error| TaskError::new("ShopperUnknown", error))?;
    let released = deps.shards.release(&sale.sale_id, sale.shard, &shopper).await?;
    tracing::info!(order_id = %order.order_id, claim = ?released, "the cancelled order keeps no unit");
    Ok(())
}
