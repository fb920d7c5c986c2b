//! The warehouses' work follows the order: it is opened once the order is confirmed, and closed when the order is
//! cancelled or has left.
//!
//! Whatever event calls it, it reads the order and makes the fulfilments what the order says. So events may come
//! twice, late and out of order, and a call that died is made up for by the next one.

use souk_domain::{
    fulfilment::Fulfilment,
    ids::{OrderId, WarehouseId},
    order::{Order, OrderStatus, Shipment},
};
use souk_dynamo::StoreError;
use souk_fulfilment::{Fulfilments, ReviseOutcome};
use souk_inventory::{ReservationBook, StockRows};
use souk_orders::Orders;
use souk_wiring::FromEnvironment;

use crate::allocations::Allocations;

/// So often an order may change while its fulfilments follow it.
const ATTEMPTS: usize = 5;

/// Orders, and what warehouses do for them.
#[derive(Debug, FromEnvironment)]
pub struct FollowOrder {
    pub(crate) orders: Orders,
    pub(crate) fulfilments: Fulfilments,
    pub(crate) allocations: Allocations,
}

/// What is left to do for the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FollowOutcome {
    /// So many warehouses have open work.
    Open(usize),
    /// There is no such order any more.
    Unknown,
}

impl FollowOrder {
    /// A use case of these parts.
    pub fn new(orders: Orders, fulfilments: Fulfilments, reservations: ReservationBook, rows: StockRows) -> Self {
        Self { orders, fulfilments, allocations: Allocations::new(reservations, rows) }
    }

    /// Makes an order's fulfilments what the order says. Repeating it changes nothing.
    ///
    /// # Errors
    /// [`StoreError`]; whoever called does it again.
    pub async fn run(&self, order_id: &OrderId) -> Result<FollowOutcome, StoreError> {
        let Some(mut order) = self.orders.get(order_id).await? else { return Ok(FollowOutcome::Unknown) };
        for _ in 0..ATTEMPTS {
            let open = self.follow(&order).await?;
            // Whoever cancels meanwhile may have looked for fulfilments before this one was there.
            let Some(now) = self.orders.get(order_id).await? else { return Ok(FollowOutcome::Unknown) };
            if (now.status, &now.shipments) == (order.status, &order.shipments) {
                return Ok(FollowOutcome::Open(open));
            }
            order = now;
        }
        Err(StoreError::Busy("an order changes all the time".to_owned()))
    }

    /// Makes the fulfilments what this order says; how many are open.
    pub(crate) async fn follow(&self, order: &Order) -> Result<usize, StoreError> {
        if order.status == OrderStatus::PendingPayment {
            return Ok(0);
        }
        let mut known = self.fulfilments.of_order(&order.order_id).await?;
        if order.status == OrderStatus::Confirmed {
            for shipment in self.shipments(order).await? {
                if !known.iter().any(|work| work.warehouse_id == shipment.warehouse_id) {
                    let work = Fulfilment::new(order, shipment.warehouse_id, shipment.items);
                    self.fulfilments.open(&work).await?;
                    known.push(work);
                }
            }
        }
        let mut open = 0;
        for work in known {
            let followed = self.follow_in(order, &work.warehouse_id).await?;
            open += usize::from(followed.is_some_and(|work| work.state.is_open()));
        }
        Ok(open)
    }

    /// Makes one warehouse's fulfilment what this order says, and brings it; opens it where its event is late.
    pub(crate) async fn of_warehouse(
        &self,
        order: &Order,
        warehouse_id: &WarehouseId,
    ) -> Result<Option<Fulfilment>, StoreError> {
        if let Some(work) = self.follow_in(order, warehouse_id).await? {
            return Ok(Some(work));
        }
        self.run(&order.order_id).await?;
        self.fulfilments.get(&order.order_id, warehouse_id).await
    }

    async fn follow_in(&self, order: &Order, from: &WarehouseId) -> Result<Option<Fulfilment>, StoreError> {
        let rule = |work: &mut Fulfilment| Ok::<_, std::convert::Infallible>(work.follow(order));
        Ok(match self.fulfilments.revise(&order.order_id, from, rule).await? {
            ReviseOutcome::Revised(work) => Some(*work),
            ReviseOutcome::Refused(_, never) => match never {},
            ReviseOutcome::Unknown => None,
        })
    }

    /// What is to leave from each warehouse and has not left.
    async fn shipments(&self, order: &Order) -> Result<Vec<Shipment>, StoreError> {
        let shipments = match order.shipments.is_empty() {
            true => Shipment::of_allocations(&self.allocations.of(order).await?),
            false => order.shipments.clone(),
        };
        Ok(shipments.into_iter().filter(|shipment| shipment.shipped_at.is_none() && !shipment.is_empty()).collect())
    }
}
