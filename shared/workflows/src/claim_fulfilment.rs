//! Somebody of a warehouse begins to pick.

use jiff::SignedDuration;
use souk_domain::{
    fulfilment::{Fulfilment, FulfilmentRefusal, FulfilmentState},
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
pub struct ClaimFulfilment {
    follow: FollowOrder,
    cancel: CancelOrder,
    #[variable("PICK_SECONDS")]
    within: SignedDuration,
}

/// How it ended.
#[derive(Debug)]
#[must_use]
pub enum ClaimOutcome {
    /// It is theirs, now or before.
    Claimed(Box<Fulfilment>),
    /// It cannot be.
    Refused(Box<Fulfilment>, FulfilmentRefusal),
    /// Its customer wanted to cancel, and nobody was at it any more: the order is cancelled.
    Cancelled(Box<Order>),
    /// There is no such fulfilment.
    Unknown,
}

impl ClaimFulfilment {
    /// Lets somebody pick, unless another does. Whoever picks already gets more time.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn run(
        &self,
        order_id: &OrderId,
        warehouse_id: &WarehouseId,
        by: &UserId,
        call: &Call,
    ) -> Result<ClaimOutcome, StoreError> {
        let Some(order) = self.follow.orders.get(order_id).await? else { return Ok(ClaimOutcome::Unknown) };
        let Some(work) = self.follow.of_warehouse(&order, warehouse_id).await? else {
            return Ok(ClaimOutcome::Unknown);
        };
        let is_left = work.state_at(call.now) == FulfilmentState::New;
        if is_left
            && work.cancel_requested_at.is_some()
            && let cancel_order::Outcome::Cancelled(order) = self.cancel.by(Canceller::Customer, order_id, call).await?
        {
            self.follow.follow(&order).await?;
            return Ok(ClaimOutcome::Cancelled(order));
        }
        let rule = |work: &mut Fulfilment| work.claim(by, self.within, call.now);
        Ok(match self.follow.fulfilments.revise(order_id, warehouse_id, rule).await? {
            ReviseOutcome::Revised(work) => ClaimOutcome::Claimed(work),
            ReviseOutcome::Refused(work, refusal) => ClaimOutcome::Refused(work, refusal),
            ReviseOutcome::Unknown => ClaimOutcome::Unknown,
        })
    }
}
