//! Steps F2a, F3 and F3d: no money can come for a cancelled order any more, and its units are for sale again, whatever the
//! gateway does.

use souk_domain::{
    flash_sale::ShopperKey,
    order::{FromFlashSale, HeldBy, Order, Origin},
};
use souk_flash_sales::Shards;
use souk_inventory::Reservations;
use souk_orders::Orders;
use souk_payments::{PaymentRecords, fence};
use souk_runtime::task::TaskError;
use souk_wiring::{Call, FromEnvironment};
use souk_workflows::give_back_holds::GiveBackHolds;

use super::{StepInput, StepOutcome, StepOutput, payment_error, read_cancelled};

/// The orders, their payments' records, and what holds units for them.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    orders: Orders,
    payments: PaymentRecords,
    reservations: Reservations,
    holds: GiveBackHolds,
    shards: Shards,
}

/// Fences the payment, then releases what is held, or returns what was committed; each once.
///
/// # Errors
/// Stable names for the state machine's `Retry`.
pub async fn handle(deps: &Deps, input: StepInput, Call { now, .. }: Call) -> Result<StepOutput, TaskError> {
    let order = read_cancelled(&deps.orders, &input.order_id).await?;
    fence(&deps.payments, &order.order_id, order.total.currency(), now).await.map_err(payment_error)?;
    match &order.origin {
        Origin::Checkout(checkout) => {
            let HeldBy::Reservation { reservation_id } = &checkout.held_by else {
                deps.holds.run(&order.order_id, now).await?;
                return Ok(input.answer(StepOutcome::Released));
            };
            // The order consumed its checkout in the transaction that placed it, so a reservation that
            // names no order yet is this order's.
            let checkout_is_orders = true;
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
