use jiff::{Timestamp, fmt::serde::timestamp::millisecond};
use serde::{Deserialize, Serialize};

use super::Violation;
use crate::{
    ids::{Sku, WarehouseId},
    reservation::{Reservation, ReservationState},
    stock::{Holds, Movement, MovementKind, RowKey, Split, Splits},
};

/// A row as it is stored, however wrong: numbers that a `StockRow` could not hold must be seen too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowFacts {
    /// Which SKU.
    #[serde(deserialize_with = "crate::stock::sku_of_partition")]
    pub sku: Sku,
    /// Where.
    pub warehouse_id: WarehouseId,
    /// Which of the warehouse's rows.
    #[serde(default, skip_serializing_if = "Split::is_first")]
    pub split: Split,
    /// Of a first row: what it was split into.
    #[serde(default, skip_serializing_if = "Splits::is_none")]
    pub splits: Splits,
    /// Units in the warehouse.
    pub quantity: i64,
    /// Units set aside by reservations.
    pub reserved_quantity: i64,
    /// Units for sale.
    pub available: i64,
    /// What the row remembers of checkouts that hold units in it.
    #[serde(default)]
    pub holds: Holds,
    /// +1 at every write.
    pub version: u64,
    /// The last write.
    #[serde(rename = "movement")]
    pub written: Written,
}

/// When a row was last written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// When.
    #[serde(with = "millisecond::required")]
    pub at: Timestamp,
}

/// Units that reservations have of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Set aside.
    pub held: i64,
    /// Left for good.
    pub sold: i64,
}

/// What the ledger says of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LedgerSum {
    /// How many entries there are.
    pub entries: u64,
    /// The sum of what was counted in and adjusted: units that came or went outside of any sale.
    pub supplied: i64,
    /// Units that left for checkouts which the row itself held them for, and have not come back.
    pub left: i64,
}

/// Everything that was read about one row. `row` is none where only reservations know of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowReading {
    /// Which row.
    pub key: RowKey,
    /// The row.
    pub row: Option<RowFacts>,
    /// What reservations have of it.
    pub tally: Tally,
    /// What its ledger says.
    pub ledger: LedgerSum,
}

impl RowFacts {
    /// Its key.
    pub fn key(&self) -> RowKey {
        RowKey { split: self.split, ..RowKey::first(&self.sku, &self.warehouse_id) }
    }

    /// Units that are set aside, by reservations or in the row itself.
    pub fn set_aside(&self) -> i64 {
        self.reserved_quantity + i64::from(self.holds.units())
    }

    /// True where invariant I1 holds.
    pub fn is_sound(&self) -> bool {
        let (quantity, reserved) = (self.quantity, self.set_aside());
        0 <= self.reserved_quantity && reserved <= quantity && self.available == quantity - reserved
    }
}

impl LedgerSum {
    /// Counts one more entry.
    pub fn add(&mut self, movement: &Movement) {
        self.entries += 1;
        if movement.reference.starts_with("chk_") {
            self.left -= movement.delta.quantity;
        }
        match movement.kind {
            MovementKind::Set | MovementKind::Adjusted | MovementKind::Repaired => {
                self.supplied += movement.delta.quantity;
            }
            MovementKind::Reserved
            | MovementKind::Committed
            | MovementKind::Released
            | MovementKind::Returned
            | MovementKind::Allotted
            | MovementKind::Short
            | MovementKind::Placed
            | MovementKind::Collected
            | MovementKind::Moved
            | MovementKind::Split => {}
        }
    }
}

impl Tally {
    /// Counts another's units too.
    pub fn add(&mut self, other: Self) {
        self.held += other.held;
        self.sold += other.sold;
    }
}

/// What a reservation has of each of its rows.
pub fn tallies(reservation: &Reservation) -> impl Iterator<Item = (&Sku, &WarehouseId, Tally)> {
    reservation.lines.iter().map(|line| {
        let units = i64::from(line.quantity);
        let tally = match reservation.state {
            ReservationState::Held => Tally { held: units, sold: 0 },
            ReservationState::Committed if !reservation.returned => Tally { held: 0, sold: units },
            // What was never there left the books with the rest, and did not come back.
            ReservationState::Committed => Tally { held: 0, sold: units - i64::from(reservation.there_of(line)) },
            ReservationState::Released => Tally::default(),
        };
        (&line.sku, &line.warehouse_id, tally)
    })
}

/// What is wrong with one SKU: I1 of each row, and I2 of each row and of all together.
pub fn stock(sku: &Sku, readings: &[RowReading]) -> Vec<Violation> {
    let mut found: Vec<_> = readings.iter().filter_map(row).collect();
    // A row whose own numbers cannot be trusted, or whose ledger has a hole, says nothing of the whole.
    if found.iter().any(|violation| !matches!(violation, Violation::ReservedMismatch { .. })) {
        return found;
    }
    let sum = |of: fn(&RowReading) -> i64| readings.iter().map(of).sum::<i64>();
    let supplied = sum(|reading| reading.ledger.supplied);
    let quantity = sum(|reading| reading.row.as_ref().map_or(0, |row| row.quantity));
    let sold = sum(|reading| reading.tally.sold + reading.ledger.left);
    if supplied != quantity + sold {
        found.push(Violation::UnitsUnbalanced { sku: sku.clone(), supplied, quantity, sold });
    }
    found
}

fn row(reading: &RowReading) -> Option<Violation> {
    let key = reading.key.clone();
    let Tally { held, sold } = reading.tally;
    let Some(row) = &reading.row else {
        let known = held != 0 || sold != 0;
        return known.then_some(Violation::RowMissing { row: key, held, sold });
    };
    let RowFacts { quantity, reserved_quantity, available, version, .. } = *row;
    if !row.is_sound() {
        let reserved_quantity = row.set_aside();
        return Some(Violation::RowUnsound { row: key, version, quantity, reserved_quantity, available });
    }
    if reserved_quantity != held {
        return Some(Violation::ReservedMismatch { row: key, version, reserved_quantity, held });
    }
    let entries = reading.ledger.entries;
    (entries != version).then_some(Violation::LedgerIncomplete { row: key, version, entries })
}

#[cfg(test)]
mod tests;
