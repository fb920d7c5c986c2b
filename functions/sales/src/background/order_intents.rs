//! The worker: an intent becomes an order, and the order's saga starts. The same orders, the same saga
//! as for every other purchase.

use jiff::{SignedDuration, Timestamp};
use souk_domain::sale::{OrderFacts, ShopperKey, release_ground};
use souk_events::sales::PurchaseIntent;
use souk_orders::{Orders, Saga, SaleOrderOutcome, SoldUnit, place_for_sale};
use souk_runtime::{
    ConfigError, Environment, FromEnvironment,
    queue::{Failure, Message},
};
use souk_sales::Shards;

use crate::dependencies;

/// The orders, their saga, and the shards that a second claim goes back to.
#[derive(Debug)]
pub struct Deps {
    orders: Orders,
    shards: Shards,
    saga: Saga,
    time_to_pay: SignedDuration,
}

impl FromEnvironment for Deps {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self {
            orders: dependencies::orders(environment)?,
            shards: dependencies::shards(environment)?,
            saga: dependencies::saga(environment)?,
            time_to_pay: dependencies::seconds(environment, "PAYMENT_SECONDS")?,
        })
    }
}

/// Runs the function until its instance ends.
///
/// # Errors
/// Where it cannot start, or the runtime API fails.
pub fn serve() -> Result<(), souk_runtime::Error> {
    souk_runtime::queue::serve(handle)
}

/// Places the order. A repeat finds it; a claim that is not the order's goes back.
///
/// # Errors
/// Whatever makes the message come back.
pub async fn handle(deps: &'static Deps, message: Message<PurchaseIntent>) -> Result<(), Failure> {
    run(deps, message, souk_runtime::now()).await
}

/// As [`handle`], at a time of the caller's.
///
/// # Errors
/// As [`handle`].
pub async fn run(deps: &Deps, message: Message<PurchaseIntent>, now: Timestamp) -> Result<(), Failure> {
    let intent = message.body;
    let unit = SoldUnit {
        user_id: intent.user_id,
        sale_id: intent.sale_id,
        shard: intent.shard,
        warehouse_id: intent.warehouse_id,
        sku: intent.sku,
        price: intent.unit_price,
    };
    let order = unit.order(intent.payment_method, intent.shipping_address, now, now + deps.time_to_pay);
    let present = match place_for_sale(&deps.orders, &order).await? {
        SaleOrderOutcome::Placed => order,
        SaleOrderOutcome::Exists(present) => *present,
    };
    if let Some(ground) = release_ground(OrderFacts::of(&present), unit.shard) {
        let released = deps.shards.release(&unit.sale_id, unit.shard, &ShopperKey::of(&unit.user_id)?).await?;
        tracing::info!(order_id = %present.order_id, ?ground, ?released, "a claim is not needed");
    }
    if !present.settled {
        deps.saga.nudge(&present.order_id).await;
    }
    Ok(())
}
