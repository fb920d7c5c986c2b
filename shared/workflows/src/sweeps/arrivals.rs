//! Takes orders for delivered that have been on their way for so many days: no carrier tells the shop.

use std::time::Duration;

use jiff::Timestamp;
use souk_domain::{
    ids::OrderId,
    order::{Actor, InvalidTransition, Order, OrderStatus, Revision, SWEEP_SHARDS},
};
use souk_dynamo::{Item, Page, StoreError};
use souk_orders::ReviseOutcome;
use souk_wiring::{Call, Days, FromEnvironment};

use super::{Backlog, Budget, Report, sweep};
use crate::{Failure, deliver_order::DeliverOrder};

/// The orders, and how long a parcel takes at the longest.
#[derive(Debug, FromEnvironment)]
pub struct SweepArrivals {
    deliver: DeliverOrder,
    #[variable("DELIVER_AFTER_DAYS")]
    after: Days,
}

impl SweepArrivals {
    /// Goes through all shards; one order's failure does not stop the others.
    ///
    /// # Errors
    /// Where no shard can be read.
    pub async fn run(&self, call: &Call) -> Result<Report, Failure> {
        sweep(self, call.now).await
    }
}

impl Backlog for SweepArrivals {
    const BUDGET: Budget = Budget { candidates: 60_000, at_once: 32, within: Duration::from_secs(40) };
    type Candidate = OrderId;

    fn shards() -> Vec<String> {
        (0..SWEEP_SHARDS).map(Order::sweep_shard_name).collect()
    }

    async fn page(&self, shard: &str, now: Timestamp, after: Option<Item>) -> Result<Page<OrderId>, StoreError> {
        let Days(days) = self.after;
        self.deliver.orders.on_the_way(shard, now - days, after).await
    }

    async fn process(&self, order_id: &OrderId, now: Timestamp) -> Result<&'static str, Failure> {
        let Days(days) = self.after;
        Ok(match self.deliver.orders.revise(order_id, |order| arrive(order, now - days, now)).await? {
            ReviseOutcome::Revised(order) if order.status == OrderStatus::Delivered => "delivered",
            ReviseOutcome::Revised(_) => "not_yet",
            ReviseOutcome::Refused(..) | ReviseOutcome::Unknown => "not_shipped",
        })
    }
}

/// An order is delivered that was shipped before `before`: the index knows only when it was placed.
fn arrive(order: &mut Order, before: Timestamp, now: Timestamp) -> Result<Revision, InvalidTransition> {
    match order.reached_at(OrderStatus::Shipped) {
        Some(at) if order.status == OrderStatus::Shipped && at >= before => Ok(Revision::Unchanged),
        _ => order.deliver(Actor::Sweeper, now),
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use souk_domain::{
        money::Money,
        order::{FromFlashSale, Origin, StockTrail, Transition},
    };

    use super::*;

    fn on(day: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * day)
    }

    /// Placed on the first day, shipped on the third.
    fn order() -> Order {
        let sale = FromFlashSale { sale_id: "s".parse().unwrap(), shard: 0, warehouse_id: "w".parse().unwrap() };
        let step = |status, day| Transition { status, at: on(day), by: Actor::Warehouse };
        Order {
            order_id: format!("ord_{}", "0".repeat(32)).parse().unwrap(),
            user_id: "u".parse().unwrap(),
            status: OrderStatus::Shipped,
            version: 3,
            origin: Origin::FlashSale(sale),
            lines: Vec::new(),
            total: Money::usd(0).unwrap(),
            shipping_address: None,
            payment_method: None,
            created_at: on(0),
            pay_by: on(0),
            settled: true,
            cancel_reason: None,
            shipments: Vec::new(),
            shortages: Vec::new(),
            history: vec![step(OrderStatus::Confirmed, 0), step(OrderStatus::Shipped, 2)],
            promise: None,
            address_changes: Vec::new(),
            stock: StockTrail::default(),
        }
    }

    #[test]
    fn an_order_arrives_so_long_after_it_was_shipped_and_not_after_it_was_placed() {
        let mut order = order();
        assert_eq!(arrive(&mut order, on(1), on(31)).unwrap(), Revision::Unchanged);
        assert_eq!(arrive(&mut order, on(2), on(32)).unwrap(), Revision::Unchanged);
        assert_eq!(order.status, OrderStatus::Shipped);
        assert_eq!(arrive(&mut order, on(3), on(33)).unwrap(), Revision::Changed);
        assert_eq!(order.status, OrderStatus::Delivered);
        assert_eq!(arrive(&mut order, on(3), on(33)).unwrap(), Revision::Unchanged, "once");
    }
}
