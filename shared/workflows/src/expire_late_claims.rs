//! Claims whose order never came: their units are for sale again.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use souk_domain::{
    flash_sale::{ClaimOrder, release_ground},
    ids::OrderId,
    order::Order,
};
use souk_dynamo::StoreError;
use souk_flash_sales::{FlashSale, Shards, StaleClaim};
use souk_orders::{FlashSaleOrderOutcome, Orders, Saga, SoldUnit, place_for_flash_sale};
use souk_pricing::RecentOffers;
use souk_wiring::FromEnvironment;

/// Ends claims whose order never came.
#[derive(Debug, FromEnvironment)]
pub(crate) struct LateClaims {
    orders: Orders,
    shards: Shards,
    saga: Saga,
    offers: RecentOffers,
    /// How long an order may take: longer than an admission lives, because its holder may send again.
    #[variable("CLAIM_GRACE_SECONDS")]
    grace: SignedDuration,
    /// When a claim ends whatever the queues hold.
    #[variable("CLAIM_DEADLINE_SECONDS")]
    deadline: SignedDuration,
}

/// What a sweep over a sale's claims did.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Swept {
    /// Claims ended by the mark that their order never came.
    pub(crate) expired: u32,
    /// Second claims given back.
    pub(crate) released: u32,
    /// Claims that still wait for their order.
    pub(crate) waiting: u32,
    /// All claims before this have been processed.
    pub(crate) until: Timestamp,
}

impl LateClaims {
    /// Processes a sale's claims from `since` on. While messages are on their way (`drained` is false)
    /// only those past the deadline end.
    pub(crate) async fn sweep(
        &self,
        sale: &FlashSale,
        since: Timestamp,
        drained: bool,
        now: Timestamp,
    ) -> Result<Swept, StoreError> {
        let before = now - self.grace;
        let mut swept = Swept { until: before.max(since), ..Swept::default() };
        let mut page = Some(0);
        while let Some(from) = page {
            let found = self.shards.stale_claims(&sale.sale_id, sale.shard_count(), from, since, before).await?;
            let orders = self.orders_of(sale, &found.claims).await?;
            for claim in &found.claims {
                self.process(sale, claim, &orders, drained, now, &mut swept).await?;
            }
            page = found.next;
        }
        Ok(swept)
    }

    async fn orders_of(&self, sale: &FlashSale, claims: &[StaleClaim]) -> Result<HashMap<OrderId, Order>, StoreError> {
        let mut ids: Vec<_> = claims.iter().map(|claim| order_id(sale, claim)).collect();
        ids.sort_unstable();
        ids.dedup();
        let orders = self.orders.many(&ids).await?;
        Ok(orders.into_iter().map(|order| (order.order_id.clone(), order)).collect())
    }

    async fn process(
        &self,
        sale: &FlashSale,
        claim: &StaleClaim,
        orders: &HashMap<OrderId, Order>,
        drained: bool,
        now: Timestamp,
        swept: &mut Swept,
    ) -> Result<(), StoreError> {
        let known = orders.get(&order_id(sale, claim)).cloned();
        let order = match known {
            Some(order) => order,
            None if drained || claim.claimed_at < now - self.deadline => {
                swept.expired += 1;
                self.expire(sale, claim, now).await?
            }
            None => {
                swept.waiting += 1;
                swept.until = swept.until.min(claim.claimed_at);
                return Ok(());
            }
        };
        if let Some(ground) = release_ground(ClaimOrder::of(&order), claim.shard) {
            let released = self.shards.release(&sale.sale_id, claim.shard, &claim.shopper).await?;
            swept.released += 1;
            tracing::info!(order_id = %order.order_id, ?ground, ?released, "a late claim is given back");
        }
        if !order.settled {
            self.saga.try_start(&order.order_id).await;
        }
        Ok(())
    }

    /// Puts the mark that no order came. Where one came after all, that is the answer.
    async fn expire(&self, sale: &FlashSale, claim: &StaleClaim, now: Timestamp) -> Result<Order, StoreError> {
        let sku = sale.terms.sku();
        let offer = self.offers.get(sku, now).await?;
        let unit = SoldUnit {
            user_id: claim.shopper.user(),
            sale_id: sale.sale_id.clone(),
            shard: claim.shard,
            warehouse_id: claim.warehouse_id.clone(),
            sku: sku.clone(),
            title: offer.title,
            variant: offer.variant,
            price: sale.terms.price(),
        };
        let mark = unit.never_ordered(now);
        Ok(match place_for_flash_sale(&self.orders, &mark).await? {
            FlashSaleOrderOutcome::Placed => mark,
            FlashSaleOrderOutcome::Exists(order) => *order,
        })
    }
}

fn order_id(sale: &FlashSale, claim: &StaleClaim) -> OrderId {
    OrderId::of_sale(&claim.shopper.user(), &sale.sale_id)
}
