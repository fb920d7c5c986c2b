//! The warehouses' work follows the order: it is opened once the order is confirmed, and closed when the order is
//! cancelled or has left.
//!
//! Whatever event calls it, it reads the order and makes the fulfilments what the order says. So events may come
//! twice, late and out of order, and a call that died is made up for by the next one.

use std::convert::Infallible;

use souk_domain::{
    fulfilment::Fulfilment,
    ids::{OrderId, WarehouseId},
    order::{Order, OrderStatus, Revision, Shipment},
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

/// What following an order came to.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Followed {
    /// So many warehouses have open work.
    open: usize,
    /// Some of it was not there a moment ago.
    is_new: bool,
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
        self.since(order_id, None).await
    }

    /// The same, where an event tells of this version of the order.
    ///
    /// # Errors
    /// As [`FollowOrder::run`].
    pub async fn since(&self, order_id: &OrderId, version: Option<u64>) -> Result<FollowOutcome, StoreError> {
        let Some(mut order) = self.orders.since(order_id, version).await? else { return Ok(FollowOutcome::Unknown) };
        for _ in 0..ATTEMPTS {
            let Followed { open, is_new } = self.follow(&order).await?;
            if !is_new {
                return Ok(FollowOutcome::Open(open));
            }
            // Whoever cancels meanwhile may have looked for fulfilments before this one was there.
            let Some(now) = self.orders.get(order_id).await? else { return Ok(FollowOutcome::Unknown) };
            if (now.status, &now.shipments) == (order.status, &order.shipments) {
                return Ok(FollowOutcome::Open(open));
            }
            order = now;
        }
        Err(StoreError::Busy("an order changes all the time".to_owned()))
    }

    /// Makes the fulfilments what this order says.
    pub(crate) async fn follow(&self, order: &Order) -> Result<Followed, StoreError> {
        let mut followed = Followed::default();
        if order.status == OrderStatus::PendingPayment {
            return Ok(followed);
        }
        let mut known = self.fulfilments.of_order(&order.order_id).await?;
        if order.status == OrderStatus::Confirmed {
            for shipment in self.shipments(order).await? {
                if !known.iter().any(|work| work.warehouse_id == shipment.warehouse_id) {
                    let work = Fulfilment::new(order, shipment.warehouse_id, shipment.items);
                    let there = self.fulfilments.open(&work).await?;
                    // Also where it is there: the store may have repeated our own request.
                    followed.is_new = true;
                    known.push(there.unwrap_or(work));
                }
            }
        }
        for work in known {
            let revised = self.fulfilments.revise_read(work, by(order)).await?;
            followed.open += usize::from(standing(revised).is_some_and(|work| work.state.is_open()));
        }
        Ok(followed)
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
        Ok(standing(self.fulfilments.revise(&order.order_id, from, by(order)).await?))
    }

    /// What is to leave from each warehouse and has not left.
    async fn shipments(&self, order: &Order) -> Result<Vec<Shipment>, StoreError> {
        let shipments = match order.shipments.is_empty() {
            true => Shipment::of_allocations(&self.allocations.unless_laid_out(order).await?),
            false => order.shipments.clone(),
        };
        Ok(shipments.into_iter().filter(|shipment| shipment.shipped_at.is_none() && !shipment.is_empty()).collect())
    }
}

/// A fulfilment becomes what this order says.
fn by(order: &Order) -> impl Fn(&mut Fulfilment) -> Result<Revision, Infallible> {
    |work| Ok(work.follow(order))
}

/// A fulfilment that has followed, where there is one.
fn standing(outcome: ReviseOutcome<Infallible>) -> Option<Fulfilment> {
    match outcome {
        ReviseOutcome::Revised(work) => Some(*work),
        ReviseOutcome::Refused(_, never) => match never {},
        ReviseOutcome::Unknown => None,
    }
}
