//! A warehouse has packed what leaves from it. The order says so first, and from then on its customer cannot cancel;
//! the warehouse's work follows.

use souk_domain::{
    fulfilment::{Fulfilment, FulfilmentRefusal, FulfilmentState},
    ids::{OrderId, UserId, WarehouseId},
    order::{Label, Order, ShippingRefusal},
};
use souk_dynamo::StoreError;
use souk_orders::ReviseOutcome;
use souk_wiring::FromEnvironment;

use crate::follow_order::FollowOrder;

/// The orders and the warehouses' work.
#[derive(Debug, FromEnvironment)]
pub struct PackFulfilment {
    follow: FollowOrder,
}

/// Who packs what.
#[derive(Debug, Clone)]
pub struct Packing {
    /// Who says so.
    pub by: UserId,
    /// The parcels' labels, where they have them already.
    pub labels: Vec<Label>,
    /// Though the customer wants to cancel.
    pub anyway: bool,
}

/// How it ended.
#[derive(Debug)]
#[must_use]
pub enum PackOutcome {
    /// It is packed, now or before.
    Packed(Box<Fulfilment>, Box<Order>),
    /// It cannot be.
    Refused(Box<Fulfilment>, FulfilmentRefusal),
    /// The order forbids it: it was cancelled.
    Forbidden(Box<Order>, ShippingRefusal),
    /// There is no such fulfilment.
    Unknown,
}

impl PackFulfilment {
    /// Packs it. Repeating it changes nothing, unless it names other labels.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn run(
        &self,
        order_id: &OrderId,
        warehouse_id: &WarehouseId,
        packing: &Packing,
        now: jiff::Timestamp,
    ) -> Result<PackOutcome, StoreError> {
        let Some(order) = self.follow.orders.get(order_id).await? else { return Ok(PackOutcome::Unknown) };
        let Some(work) = self.follow.of_warehouse(&order, warehouse_id).await? else { return Ok(PackOutcome::Unknown) };
        let is_packed = matches!(work.state, FulfilmentState::Packed | FulfilmentState::Shipped);
        if !is_packed && let Err(refusal) = work.may_be_packed(&packing.by, packing.anyway) {
            return Ok(PackOutcome::Refused(Box::new(work), refusal));
        }
        let allocations = self.follow.allocations.unless_laid_out(&order).await?;
        let rule = |order: &mut Order| {
            order.lay_out(&allocations);
            order.pack(warehouse_id, &packing.labels, now)
        };
        let (order, refusal) = match self.follow.orders.revise(order_id, rule).await? {
            ReviseOutcome::Revised(order) => (order, None),
            // What has left was packed.
            ReviseOutcome::Refused(order, _) if order.status.has_left() => (order, None),
            ReviseOutcome::Refused(order, refusal) => (order, Some(refusal)),
            ReviseOutcome::Unknown => return Ok(PackOutcome::Unknown),
        };
        let followed = self.follow.of_warehouse(&order, warehouse_id).await?;
        Ok(match (refusal, followed) {
            (Some(refusal), _) => PackOutcome::Forbidden(order, refusal),
            (None, Some(work)) => PackOutcome::Packed(Box::new(work), order),
            (None, None) => PackOutcome::Unknown,
        })
    }
}
