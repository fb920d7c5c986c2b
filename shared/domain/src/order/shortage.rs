//! Units that a warehouse was to pick and that are not there. They leave the shipment, nobody pays for them, and the
//! rest is sent.

use jiff::{Timestamp, fmt::serde::timestamp::millisecond};
use serde::{Deserialize, Serialize};

use super::{Actor, CancelReason, InvalidTransition, Order, OrderEvent, Revision, Shipment, ShipmentItem};
use crate::{
    ids::{Sku, UserId, WarehouseId},
    money::Money,
    stock::{Allocation, RowKey},
};

/// How many shortages an order may have: its item must not grow without end.
pub const MAX_SHORTAGES: usize = 100;

/// Units of one SKU that were not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shortfall {
    /// Where.
    pub warehouse_id: WarehouseId,
    /// Of what.
    pub sku: Sku,
    /// How many units; at least one.
    pub units: u32,
    /// When that was said.
    #[serde(with = "millisecond::required")]
    pub at: Timestamp,
    /// Who said so.
    pub by: UserId,
}

/// What somebody who picks found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// In which warehouse.
    pub warehouse_id: WarehouseId,
    /// Of what.
    pub sku: Sku,
    /// How many units are there.
    pub found: u32,
    /// Who looked.
    pub by: UserId,
}

/// Why a shortage cannot be taken down.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShortageRefusal {
    /// The order stands where nothing is picked.
    #[error(transparent)]
    Illegal(#[from] InvalidTransition),
    /// Its units have not left stock yet; soon they will have.
    #[error("the order's stock and money have not followed its confirmation yet")]
    NotSettled,
    /// Nothing of the order leaves from this warehouse.
    #[error("nothing leaves from {0}")]
    NothingLeavesFrom(WarehouseId),
    /// No such SKU is to be picked there.
    #[error("no {0} is to be picked")]
    NotPickedThere(Sku),
    /// As many are there as are to be picked, or more.
    #[error("{to_pick} units are to be picked")]
    NotFewer {
        /// How many are to be picked.
        to_pick: u32,
    },
    /// It is packed, is leaving, or has left.
    #[error("what leaves from {0} is packed")]
    Packed(WarehouseId),
    /// There are [`MAX_SHORTAGES`] already.
    #[error("the order has {MAX_SHORTAGES} shortages already")]
    TooMany,
}

impl Order {
    /// Takes down how many units of a SKU are there, where those are fewer than are to be picked. A shipment without
    /// units is waited for no longer; an order of which nothing is left to send is cancelled. Saying the same again
    /// changes nothing.
    ///
    /// # Errors
    /// [`ShortageRefusal`]; nothing is changed.
    pub fn fall_short(&mut self, finding: &Finding, now: Timestamp) -> Result<Revision, ShortageRefusal> {
        let Finding { warehouse_id: from, sku, found, by } = finding;
        let shipment = self.shipment(from).ok_or_else(|| ShortageRefusal::NothingLeavesFrom(from.clone()))?;
        let to_pick = shipment.units_of(sku);
        if self.has_fallen_short(finding) {
            return Ok(Revision::Unchanged);
        }
        if to_pick == 0 && !self.is_short_of(finding) {
            return Err(ShortageRefusal::NotPickedThere(sku.clone()));
        }
        self.status.apply(OrderEvent::Ship)?;
        if shipment.packed_at.or(shipment.shipped_at).is_some() || !shipment.leaving.is_empty() {
            return Err(ShortageRefusal::Packed(from.clone()));
        }
        let units = to_pick.checked_sub(*found).filter(|units| *units > 0);
        let units = units.ok_or(ShortageRefusal::NotFewer { to_pick })?;
        if !self.settled {
            return Err(ShortageRefusal::NotSettled);
        }
        if self.shortages.len() >= MAX_SHORTAGES {
            return Err(ShortageRefusal::TooMany);
        }
        for shipment in self.shipments.iter_mut().filter(|shipment| shipment.warehouse_id == *from) {
            shipment.keep(sku, *found);
        }
        let (warehouse_id, sku) = (from.clone(), sku.clone());
        self.shortages.push(Shortfall { warehouse_id, sku, units, at: now, by: by.clone() });
        self.go_on_without(now)?;
        Ok(Revision::Changed)
    }

    /// Whether this was said before, and nothing else since.
    pub fn has_fallen_short(&self, finding: &Finding) -> bool {
        let to_pick = self.shipment(&finding.warehouse_id).map(|shipment| shipment.units_of(&finding.sku));
        self.is_short_of(finding) && to_pick == Some(finding.found)
    }

    fn is_short_of(&self, Finding { warehouse_id, sku, .. }: &Finding) -> bool {
        self.shortages.iter().any(|short| short.warehouse_id == *warehouse_id && short.sku == *sku)
    }

    /// What is to be paid: the total without what is missing.
    pub fn due(&self) -> Money {
        let missing: i64 = self.shortages.iter().map(|short| self.worth(short).amount()).sum();
        self.total.of_same(self.total.amount() - missing).unwrap_or(Money::nothing(self.total.currency()))
    }

    /// What the missing units would have cost.
    pub fn worth(&self, short: &Shortfall) -> Money {
        let price = self.lines.iter().find(|line| line.sku == short.sku).map_or(0, |line| line.unit_price.amount());
        // No more than the order's total, which is money.
        let worth = self.total.of_same(price.saturating_mul(short.units.into()));
        worth.unwrap_or(Money::nothing(self.total.currency()))
    }

    /// What is left of what was bought, in the order of its lines. What is missing altogether is left out.
    pub fn left(&self) -> Vec<ShipmentItem> {
        let mut missing = std::collections::HashMap::<&Sku, u32>::new();
        for short in &self.shortages {
            *missing.entry(&short.sku).or_default() += short.units;
        }
        let left = self.lines.iter().map(|line| {
            let of_line = missing.entry(&line.sku).or_default();
            let fewer = line.quantity.get().min(*of_line);
            *of_line -= fewer;
            ShipmentItem { sku: line.sku.clone(), quantity: line.quantity.get() - fewer }
        });
        left.filter(|item| item.quantity > 0).collect()
    }

    /// What is missing, by SKU and warehouse: units that no cancellation brings back.
    pub fn missing(&self) -> Vec<Allocation> {
        let missing = self.shortages.iter().map(|short| Allocation {
            sku: short.sku.clone(),
            warehouse_id: short.warehouse_id.clone(),
            quantity: short.units,
        });
        missing.collect()
    }

    /// What is missing of the units that left from a row: where a warehouse had split it, of each of its rows in the order in
    /// which they gave, as far as it gave any.
    pub fn missing_of(&self, row: &RowKey) -> u32 {
        let of_warehouse = |short: &&Shortfall| row.is_in(&short.sku, &short.warehouse_id);
        let mut left: u32 = self.shortages.iter().filter(of_warehouse).map(|short| short.units).sum();
        let mut gave =
            self.stock.units.iter().filter(|part| row.is_in(&part.row.sku, &part.row.warehouse_id)).peekable();
        if gave.peek().is_none() && row.split.is_first() {
            return left;
        }
        for part in gave {
            let here = part.quantity.min(left);
            if part.row == *row {
                return here;
            }
            left -= here;
        }
        0
    }

    /// Cancelled where nothing is left to send, shipped where all the rest has left.
    fn go_on_without(&mut self, now: Timestamp) -> Result<(), InvalidTransition> {
        if self.shipments.iter().all(Shipment::is_empty) {
            self.reach(OrderEvent::Cancel, Actor::Warehouse, now)?;
            self.cancel_reason = Some(CancelReason::UnitsMissing);
            // Stock and money have this decision before them.
            self.settled = false;
        } else if self.all_have_left() {
            self.reach(OrderEvent::Ship, Actor::Warehouse, now)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
