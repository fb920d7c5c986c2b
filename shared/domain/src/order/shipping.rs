//! How an order leaves: from each warehouse by itself. Every step is a change of the order as it stands, so
//! the store writes it only while the order still is what was changed.

use jiff::Timestamp;

use super::{Actor, InvalidTransition, Label, Order, OrderEvent, OrderStatus, Shipment, Tracking, Transition};
use crate::{ids::WarehouseId, stock::Allocation};

/// How far a paid order has got on its way out. Derived: the order's status says whether all of it has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ShippingProgress {
    /// Nothing is packed.
    NotStarted,
    /// A part is packed, and nothing has left.
    Packed,
    /// A part has left.
    PartiallyShipped,
    /// All of it has left.
    Shipped,
}

/// The warehouses from which something leaves, each with the labels of its parcels. One that is named without labels
/// keeps those that it has.
pub type Departures = Vec<(WarehouseId, Vec<Label>)>;

/// How many calls that want a shipment to leave are remembered: an order's item must not grow without end.
const MAX_LEAVING: usize = 20;

/// Whether a step changed the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revision {
    /// It did: the order is to be written.
    Changed,
    /// All was so before.
    Unchanged,
}

/// Why a step is not possible.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShippingRefusal {
    /// The order stands where it cannot happen.
    #[error(transparent)]
    Illegal(#[from] InvalidTransition),
    /// No parcel is named, and none has left.
    #[error("nothing is to leave")]
    NothingLeaves,
    /// Nothing of the order leaves from this warehouse.
    #[error("nothing leaves from {0}")]
    NothingLeavesFrom(WarehouseId),
    /// What leaves from this warehouse is not packed.
    #[error("what leaves from {0} is not packed")]
    NotPacked(WarehouseId),
    /// The parcels from this warehouse have no labels.
    #[error("what leaves from {0} has no label")]
    Unlabelled(WarehouseId),
    /// They have left under other labels.
    #[error("what leaves from {0} has left under other labels")]
    LeftOtherwise(WarehouseId),
    /// There is no such parcel.
    #[error("there is no such parcel")]
    NoSuchParcel,
    /// The parcel has not left.
    #[error("the parcel has not left")]
    NotLeft,
}

impl Order {
    /// True once a parcel has left, and with it the order's money was taken.
    pub fn has_departed(&self) -> bool {
        self.status.has_left() || self.shipments.iter().any(|shipment| shipment.shipped_at.is_some())
    }

    /// When the first part was packed.
    pub fn packed_at(&self) -> Option<Timestamp> {
        self.shipments.iter().filter_map(|shipment| shipment.packed_at).min()
    }

    /// When the first parcel left.
    pub fn departed_at(&self) -> Option<Timestamp> {
        self.shipments.iter().filter_map(|shipment| shipment.shipped_at).min()
    }

    /// How far it has got; none where it is not paid, or will not leave.
    pub fn shipping_progress(&self) -> Option<ShippingProgress> {
        match self.status {
            OrderStatus::PendingPayment | OrderStatus::Cancelled => None,
            OrderStatus::Shipped | OrderStatus::Delivered => Some(ShippingProgress::Shipped),
            OrderStatus::Confirmed if self.has_departed() => Some(ShippingProgress::PartiallyShipped),
            OrderStatus::Confirmed if self.packed_at().is_some() => Some(ShippingProgress::Packed),
            OrderStatus::Confirmed => Some(ShippingProgress::NotStarted),
        }
    }

    /// What leaves from a warehouse.
    pub fn shipment(&self, from: &WarehouseId) -> Option<&Shipment> {
        self.shipments.iter().find(|shipment| shipment.warehouse_id == *from)
    }

    /// Says what leaves from where, unless that is said already.
    pub fn lay_out(&mut self, allocations: &[Allocation]) {
        if self.shipments.is_empty() {
            self.shipments = Shipment::of_allocations(allocations);
        }
    }

    /// What leaves from this warehouse is packed, and bears these labels where any are named.
    ///
    /// # Errors
    /// [`ShippingRefusal`].
    pub fn pack(&mut self, from: &WarehouseId, labels: &[Label], now: Timestamp) -> Result<Revision, ShippingRefusal> {
        self.status.apply(OrderEvent::Ship)?;
        let mut revised = self.shipments.clone();
        let shipment = of(&mut revised, from)?;
        if shipment.shipped_at.is_none() {
            shipment.packed_at.get_or_insert(now);
            shipment.label(labels);
        }
        Ok(self.revise(revised))
    }

    /// These parcels are about to leave: whoever finds the order later goes on from here. Where a parcel has left
    /// before, the money is taken, and they leave at once.
    ///
    /// # Errors
    /// [`ShippingRefusal`]; nothing is changed.
    pub fn begin_to_leave(&mut self, departures: &Departures, now: Timestamp) -> Result<Revision, ShippingRefusal> {
        if self.has_departed() {
            return self.leave(departures, now);
        }
        self.status.apply(OrderEvent::Ship)?;
        if departures.is_empty() {
            return Err(ShippingRefusal::NothingLeaves);
        }
        let mut revised = self.shipments.clone();
        for (from, labels) in departures {
            let shipment = of(&mut revised, from)?;
            shipment.label(labels);
            if shipment.parcels.is_empty() {
                return Err(ShippingRefusal::Unlabelled(from.clone()));
            }
            // The oldest is of a call that died long ago, and the newest asks for the same.
            if shipment.leaving.len() >= MAX_LEAVING {
                shipment.leaving.remove(0);
            }
            shipment.leaving.push(now);
        }
        Ok(self.revise(revised))
    }

    /// These parcels have left. With the last of them, the order is shipped.
    ///
    /// # Errors
    /// [`ShippingRefusal`]; nothing is changed.
    pub fn leave(&mut self, departures: &Departures, now: Timestamp) -> Result<Revision, ShippingRefusal> {
        if !self.status.has_left() {
            self.status.apply(OrderEvent::Ship)?;
        }
        let mut revised = self.shipments.clone();
        for (from, labels) in departures {
            let shipment = of(&mut revised, from)?;
            if shipment.shipped_at.is_some() {
                if !labels.is_empty() && !shipment.is_labelled(labels) {
                    return Err(ShippingRefusal::LeftOtherwise(from.clone()));
                }
                continue;
            }
            shipment.label(labels);
            if shipment.parcels.is_empty() {
                return Err(ShippingRefusal::Unlabelled(from.clone()));
            }
            shipment.packed_at.get_or_insert(now);
            shipment.leaving.clear();
            shipment.shipped_at = Some(now);
        }
        let revision = self.revise(revised);
        if !self.status.has_left() && self.all_have_left() {
            self.reach(OrderEvent::Ship, Actor::Warehouse, now)?;
            return Ok(Revision::Changed);
        }
        Ok(revision)
    }

    /// True once everything that is to leave has left. What turned out to be empty is not waited for.
    pub(super) fn all_have_left(&self) -> bool {
        let mut shipments = self.shipments.iter().filter(|shipment| !shipment.is_empty()).peekable();
        shipments.peek().is_some() && shipments.all(|shipment| shipment.shipped_at.is_some())
    }

    /// The parcels that are about to leave, each by the labels that it bears.
    pub fn leaving(&self) -> Departures {
        let leaving = self.shipments.iter().filter(|shipment| !shipment.leaving.is_empty());
        leaving.map(|shipment| (shipment.warehouse_id.clone(), Vec::new())).collect()
    }

    /// Whoever wanted these parcels to leave, at that time, was told that their money is not to be had: they stay, and
    /// keep their labels. Where somebody else wants them to leave, too, that is theirs to say.
    pub fn stay(&mut self, departures: &Departures, since: Timestamp) -> Revision {
        let mut revised = self.shipments.clone();
        for shipment in &mut revised {
            let is_named = departures.iter().any(|(from, _)| *from == shipment.warehouse_id);
            let own = shipment.leaving.iter().position(|asked| *asked == since).filter(|_| is_named);
            own.map(|own| shipment.leaving.remove(own));
        }
        self.revise(revised)
    }

    /// Another label for a parcel, before it leaves or after; the former one is kept.
    ///
    /// # Errors
    /// [`ShippingRefusal`].
    pub fn relabel(
        &mut self,
        from: &WarehouseId,
        number: u32,
        label: Label,
        now: Timestamp,
    ) -> Result<Revision, ShippingRefusal> {
        if self.status == OrderStatus::Cancelled {
            return Err(InvalidTransition { from: self.status, event: OrderEvent::Ship }.into());
        }
        let parcel = parcel_mut(self.shipment_mut(from)?, number)?;
        if parcel.label == label {
            return Ok(Revision::Unchanged);
        }
        let before = std::mem::replace(&mut parcel.label, label);
        parcel.former.push(super::FormerLabel { label: before, until: now });
        Ok(Revision::Changed)
    }

    /// A warehouse's parcel has arrived. With the last of them, the order is delivered.
    ///
    /// # Errors
    /// [`ShippingRefusal`].
    pub fn deliver_parcel(
        &mut self,
        from: &WarehouseId,
        number: u32,
        now: Timestamp,
    ) -> Result<Revision, ShippingRefusal> {
        let shipment = self.shipment_mut(from)?;
        let has_left = shipment.shipped_at.is_some();
        let parcel = parcel_mut(shipment, number)?;
        if !has_left {
            return Err(ShippingRefusal::NotLeft);
        }
        let is_news = parcel.delivered_at.is_none();
        parcel.delivered_at.get_or_insert(now);
        self.end_with_the_last(is_news, Actor::Warehouse, now)
    }

    /// A carrier says that what bears this label now has arrived, at that time by its clock. With the last parcel, the
    /// order is delivered. A label that was corrected says nothing any more: it was another parcel's.
    ///
    /// # Errors
    /// [`ShippingRefusal`]: no parcel bears it, or those that do have not left.
    pub fn deliver_tracked(
        &mut self,
        tracking: &Tracking,
        arrived_at: Timestamp,
        now: Timestamp,
    ) -> Result<Revision, ShippingRefusal> {
        let mut refusal = Some(ShippingRefusal::NoSuchParcel);
        let mut is_news = false;
        for shipment in &mut self.shipments {
            for parcel in shipment.parcels.iter_mut().filter(|parcel| Tracking::of(&parcel.label) == *tracking) {
                match shipment.shipped_at {
                    Some(left_at) => {
                        refusal = None;
                        is_news |= parcel.delivered_at.is_none();
                        // Its clock is not ours: nothing arrives before it has left, or tomorrow.
                        parcel.delivered_at.get_or_insert(arrived_at.min(now).max(left_at));
                    }
                    None => refusal = refusal.map(|_| ShippingRefusal::NotLeft),
                }
            }
        }
        match refusal {
            Some(refusal) => Err(refusal),
            None => self.end_with_the_last(is_news, Actor::Carrier, now),
        }
    }

    /// Where all of it has left and every parcel has arrived, the order is delivered.
    fn end_with_the_last(&mut self, is_news: bool, by: Actor, now: Timestamp) -> Result<Revision, ShippingRefusal> {
        let mut parcels = self.shipments.iter().flat_map(|shipment| &shipment.parcels);
        if self.status == OrderStatus::Shipped && parcels.all(|parcel| parcel.delivered_at.is_some()) {
            self.reach(OrderEvent::Deliver, by, now)?;
            return Ok(Revision::Changed);
        }
        Ok(if is_news { Revision::Changed } else { Revision::Unchanged })
    }

    /// All parcels have arrived.
    ///
    /// # Errors
    /// [`InvalidTransition`] before all of them have left.
    pub fn deliver(&mut self, by: Actor, now: Timestamp) -> Result<Revision, InvalidTransition> {
        if self.status == OrderStatus::Delivered {
            return Ok(Revision::Unchanged);
        }
        self.reach(OrderEvent::Deliver, by, now)?;
        for parcel in self.shipments.iter_mut().flat_map(|shipment| &mut shipment.parcels) {
            parcel.delivered_at.get_or_insert(now);
        }
        Ok(Revision::Changed)
    }

    pub(super) fn reach(&mut self, event: OrderEvent, by: Actor, at: Timestamp) -> Result<(), InvalidTransition> {
        self.status = self.status.apply(event)?;
        self.history.push(Transition { status: self.status, at, by });
        Ok(())
    }

    fn revise(&mut self, shipments: Vec<Shipment>) -> Revision {
        if self.shipments == shipments {
            return Revision::Unchanged;
        }
        self.shipments = shipments;
        Revision::Changed
    }

    fn shipment_mut(&mut self, from: &WarehouseId) -> Result<&mut Shipment, ShippingRefusal> {
        of(&mut self.shipments, from)
    }
}

fn of<'a>(shipments: &'a mut [Shipment], from: &WarehouseId) -> Result<&'a mut Shipment, ShippingRefusal> {
    let found = shipments.iter_mut().find(|shipment| shipment.warehouse_id == *from && !shipment.is_empty());
    found.ok_or_else(|| ShippingRefusal::NothingLeavesFrom(from.clone()))
}

fn parcel_mut(shipment: &mut Shipment, number: u32) -> Result<&mut super::Parcel, ShippingRefusal> {
    let index = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
    index.and_then(|index| shipment.parcels.get_mut(index)).ok_or(ShippingRefusal::NoSuchParcel)
}

#[cfg(test)]
mod tests;
