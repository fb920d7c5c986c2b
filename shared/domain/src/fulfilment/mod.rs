//! A fulfilment: what one warehouse does for one order.
//!
//! The order decides: whether it is cancelled, what is packed and what has left stand in its own record. A fulfilment
//! is the warehouse's work on it. It knows who picks at the moment, and follows the order in everything else.

mod state;

use jiff::{SignedDuration, Timestamp};

pub use state::{FulfilmentEvent, FulfilmentState, InvalidFulfilmentStep};

use crate::{
    ids::{OrderId, UserId, WarehouseId},
    order::{Order, OrderStatus, Revision, Shipment, ShipmentItem},
};

/// A fulfilment as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fulfilment {
    /// Of which order.
    pub order_id: OrderId,
    /// In which warehouse.
    pub warehouse_id: WarehouseId,
    /// Where it stands; [`Fulfilment::state_at`] knows of claims that have ended.
    pub state: FulfilmentState,
    /// +1 at every write.
    pub version: u64,
    /// What is to be picked.
    pub items: Vec<ShipmentItem>,
    /// Who picks it, while it is `PICKING`.
    pub claim: Option<Claim>,
    /// Since when its customer wants to cancel.
    pub cancel_requested_at: Option<Timestamp>,
    /// When the order was placed.
    pub placed_at: Timestamp,
    /// Until when it was promised to leave: what is due first is worked on first. Absent where nothing was promised.
    pub leave_by: Option<Timestamp>,
}

/// Who picks, and until when nobody else may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Who.
    pub by: UserId,
    /// Until when.
    pub until: Timestamp,
}

/// Why a step is not possible.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FulfilmentRefusal {
    /// Where it stands, this cannot happen.
    #[error(transparent)]
    Illegal(#[from] InvalidFulfilmentStep),
    /// Somebody else picks it, until then.
    #[error("somebody else picks it")]
    ClaimedByAnother(Timestamp),
    /// The customer wants to cancel, and nobody has answered.
    #[error("the customer wants to cancel")]
    CancelRequested,
}

/// What asking the warehouse to stop came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CancelRequest {
    /// Nobody is at it: the order can be cancelled without asking.
    NobodyPicks,
    /// Whoever picks is asked, now or before.
    Asked,
}

impl Fulfilment {
    /// One that nobody has begun.
    pub fn new(order: &Order, warehouse_id: WarehouseId, items: Vec<ShipmentItem>) -> Self {
        Self {
            order_id: order.order_id.clone(),
            warehouse_id,
            state: FulfilmentState::New,
            version: 1,
            items,
            claim: None,
            cancel_requested_at: None,
            placed_at: order.created_at,
            leave_by: order.promise.map(|promise| promise.leave_by),
        }
    }

    /// Where it stands at this time: a claim that has ended leaves it to anybody.
    pub fn state_at(&self, now: Timestamp) -> FulfilmentState {
        match self.state {
            FulfilmentState::Picking if self.live_claim(now).is_none() => FulfilmentState::New,
            state => state,
        }
    }

    /// The claim that keeps others away at this time.
    pub fn live_claim(&self, now: Timestamp) -> Option<&Claim> {
        self.claim.as_ref().filter(|claim| self.state == FulfilmentState::Picking && now < claim.until)
    }

    /// Somebody picks it for so long; whoever picks it already goes on.
    ///
    /// # Errors
    /// [`FulfilmentRefusal`].
    pub fn claim(
        &mut self,
        by: &UserId,
        within: SignedDuration,
        now: Timestamp,
    ) -> Result<Revision, FulfilmentRefusal> {
        let state = self.state_at(now).apply(FulfilmentEvent::Claim);
        match (state, self.live_claim(now)) {
            (_, Some(claim)) if claim.by == *by => {}
            (_, Some(claim)) => return Err(FulfilmentRefusal::ClaimedByAnother(claim.until)),
            (state, None) => {
                self.state = state?;
            }
        }
        self.claim = Some(Claim { by: by.clone(), until: now + within });
        Ok(Revision::Changed)
    }

    /// Whoever picks it leaves it to others. Where its customer wants to cancel, the order is to be cancelled.
    ///
    /// # Errors
    /// [`FulfilmentRefusal`]. Those who lead (`leads`) may release what another picks.
    pub fn release(&mut self, by: &UserId, leads: bool, now: Timestamp) -> Result<Revision, FulfilmentRefusal> {
        if self.state == FulfilmentState::New {
            return Ok(Revision::Unchanged);
        }
        let state = self.state.apply(FulfilmentEvent::Release)?;
        self.is_left_to(by, leads, now)?;
        (self.state, self.claim) = (state, None);
        Ok(Revision::Changed)
    }

    /// Whether this person may say that it is packed.
    ///
    /// # Errors
    /// [`FulfilmentRefusal`]: it is not being picked, another picks it, or its customer wants to cancel and the packer
    /// did not say that they pack anyway.
    pub fn may_be_packed(&self, by: &UserId, anyway: bool) -> Result<(), FulfilmentRefusal> {
        self.state.apply(FulfilmentEvent::Pack)?;
        match &self.claim {
            Some(claim) if claim.by == *by => {}
            Some(claim) => return Err(FulfilmentRefusal::ClaimedByAnother(claim.until)),
            None => return Err(InvalidFulfilmentStep { from: self.state, event: FulfilmentEvent::Pack }.into()),
        }
        match self.cancel_requested_at {
            Some(_) if !anyway => Err(FulfilmentRefusal::CancelRequested),
            _ => Ok(()),
        }
    }

    /// The customer wants to cancel.
    ///
    /// # Errors
    /// [`InvalidFulfilmentStep`] once it is packed.
    pub fn request_cancel(&mut self, now: Timestamp) -> Result<(Revision, CancelRequest), InvalidFulfilmentStep> {
        let is_open = matches!(self.state, FulfilmentState::New | FulfilmentState::Picking);
        match (self.live_claim(now), self.cancel_requested_at) {
            (None, _) if is_open => Ok((Revision::Unchanged, CancelRequest::NobodyPicks)),
            (None, _) => Err(InvalidFulfilmentStep { from: self.state, event: FulfilmentEvent::Cancel }),
            (Some(_), Some(_)) => Ok((Revision::Unchanged, CancelRequest::Asked)),
            (Some(_), None) => {
                self.cancel_requested_at = Some(now);
                Ok((Revision::Changed, CancelRequest::Asked))
            }
        }
    }

    /// It becomes what its order says. What the order does not say (who picks) stays.
    pub fn follow(&mut self, order: &Order) -> Revision {
        let shipment = order.shipment(&self.warehouse_id);
        let fewer = self.keep_what_is_there(shipment);
        let event = match (order.status, shipment) {
            (OrderStatus::Cancelled, _) => FulfilmentEvent::Cancel,
            (status, None) if status.has_left() => FulfilmentEvent::Ship,
            (_, Some(shipment)) if shipment.is_empty() => FulfilmentEvent::Cancel,
            (_, Some(shipment)) if shipment.shipped_at.is_some() => FulfilmentEvent::Ship,
            (_, Some(shipment)) if shipment.packed_at.is_some() => FulfilmentEvent::Pack,
            _ => return fewer,
        };
        match self.state.apply(event) {
            Ok(state) if state != self.state => {
                (self.state, self.claim) = (state, None);
                Revision::Changed
            }
            // It has got further, by a newer order than this.
            Ok(_) | Err(_) => fewer,
        }
    }

    /// What is to be picked only becomes less: an older order than one that was followed brings nothing back.
    fn keep_what_is_there(&mut self, shipment: Option<&Shipment>) -> Revision {
        let units = |items: &[ShipmentItem]| items.iter().map(|item| u64::from(item.quantity)).sum::<u64>();
        match shipment {
            Some(shipment) if units(&shipment.items) < units(&self.items) => {
                self.items.clone_from(&shipment.items);
                Revision::Changed
            }
            _ => Revision::Unchanged,
        }
    }

    fn is_left_to(&self, by: &UserId, leads: bool, now: Timestamp) -> Result<(), FulfilmentRefusal> {
        match self.live_claim(now) {
            Some(claim) if claim.by != *by && !leads => Err(FulfilmentRefusal::ClaimedByAnother(claim.until)),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
