//! Whoever picks leaves it to others; where its customer wants to cancel, that is the warehouse's consent.

use souk_domain::{
    fulfilment::{Fulfilment, FulfilmentRefusal},
    ids::{OrderId, UserId, WarehouseId},
    order::{Canceller, Order},
};
use souk_dynamo::StoreError;
use souk_fulfilment::ReviseOutcome;
use souk_wiring::{Call, FromEnvironment};

use crate::{
    cancel_order::{self, CancelOrder},
    follow_order::FollowOrder,
};

/// The warehouses' work, and what cancels an order.
#[derive(Debug, FromEnvironment)]
pub struct ReleaseFulfilment {
    follow: FollowOrder,
    cancel: CancelOrder,
}

/// How it ended.
#[derive(Debug)]
#[must_use]
pub enum ReleaseOutcome {
    /// It is anybody's, now or before.
    Released(Box<Fulfilment>),
    /// It cannot be.
    Refused(Box<Fulfilment>, FulfilmentRefusal),
    /// Its customer wanted to cancel: the order is cancelled.
    Cancelled(Box<Order>),
    /// There is no such fulfilment.
    Unknown,
}

impl ReleaseFulfilment {
    /// Releases it. Those who lead may release what another picks. Repeating it changes nothing.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe. Where a wish to cancel was not carried out, the
    /// next claim does it.
    pub async fn run(
        &self,
        order_id: &OrderId,
        warehouse_id: &WarehouseId,
        by: (&UserId, bool),
        call: &Call,
    ) -> Result<ReleaseOutcome, StoreError> {
        let (by, leads) = by;
        let Some(order) = self.follow.orders.get(order_id).await? else { return Ok(ReleaseOutcome::Unknown) };
        if self.follow.of_warehouse(&order, warehouse_id).await?.is_none() {
            return Ok(ReleaseOutcome::Unknown);
        }
        let rule = |work: &mut Fulfilment| work.release(by, leads, call.now);
        let work = match self.follow.fulfilments.revise(order_id, warehouse_id, rule).await? {
            ReviseOutcome::Revised(work) => work,
            ReviseOutcome::Refused(work, refusal) => return Ok(ReleaseOutcome::Refused(work, refusal)),
            ReviseOutcome::Unknown => return Ok(ReleaseOutcome::Unknown),
        };
        if work.cancel_requested_at.is_some()
            && let cancel_order::Outcome::Cancelled(order) = self.cancel.by(Canceller::Customer, order_id, call).await?
        {
            self.follow.follow(&order).await?;
            return Ok(ReleaseOutcome::Cancelled(order));
        }
        Ok(ReleaseOutcome::Released(work))
    }
}
