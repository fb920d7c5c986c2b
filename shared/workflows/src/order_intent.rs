//! An intent of a flash sale becomes an order, and the order's saga starts. The same orders, the same saga
//! as for every other purchase.

use jiff::SignedDuration;
use souk_domain::flash_sale::{ClaimOrder, ShopperKey, release_ground};
use souk_events::flash_sales::PurchaseIntent;
use souk_flash_sales::Shards;
use souk_orders::{FlashSaleOrderOutcome, Orders, Saga, SoldUnit, place_for_flash_sale};
use souk_wiring::{Call, FromEnvironment};

use crate::Failure;

/// The orders, their saga, and the shards that a second claim goes back to.
#[derive(Debug, FromEnvironment)]
pub struct OrderIntent {
    orders: Orders,
    shards: Shards,
    saga: Saga,
    #[variable("PAYMENT_SECONDS")]
    time_to_pay: SignedDuration,
}

impl OrderIntent {
    /// Places the order. A repeat finds it; a claim that is not the order's goes back.
    ///
    /// # Errors
    /// Whatever makes the message come back.
    pub async fn run(&self, intent: PurchaseIntent, call: &Call) -> Result<(), Failure> {
        let now = call.now;
        let unit = SoldUnit {
            user_id: intent.user_id,
            sale_id: intent.sale_id,
            shard: intent.shard,
            warehouse_id: intent.warehouse_id,
            sku: intent.sku,
            title: intent.title,
            variant: intent.variant,
            price: intent.unit_price,
        };
        let order = unit.order(intent.payment_method, intent.shipping_address, now, now + self.time_to_pay);
        let present = match place_for_flash_sale(&self.orders, &order).await? {
            FlashSaleOrderOutcome::Placed => order,
            FlashSaleOrderOutcome::Exists(present) => *present,
        };
        if let Some(ground) = release_ground(ClaimOrder::of(&present), unit.shard) {
            let released = self.shards.release(&unit.sale_id, unit.shard, &ShopperKey::of(&unit.user_id)?).await?;
            tracing::info!(order_id = %present.order_id, ?ground, ?released, "a claim is not needed");
        }
        if !present.settled {
            self.saga.try_start(&present.order_id).await;
        }
        Ok(())
    }
}
