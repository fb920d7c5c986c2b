use jiff::{Timestamp, fmt::serde::timestamp::millisecond};
use serde::{Deserialize, Serialize};

use super::{Allocation, Change, Holds, Movement, Place, RowKey, Split, Splits};
use crate::ids::{Sku, WarehouseId};

/// The most units that one row holds.
pub const MAX_UNITS: u32 = 1_000_000_000;

/// The stock of one SKU in one warehouse, as it is stored.
///
/// `available` is `quantity - reserved_quantity` without what `holds` hold. It is kept because a condition on a write
/// cannot subtract. Reservations and holds may have units of one row at the same time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockRow {
    /// Which SKU.
    #[serde(deserialize_with = "super::sku_of_partition")]
    pub sku: Sku,
    /// Where.
    pub warehouse_id: WarehouseId,
    /// Which of the warehouse's rows.
    #[serde(default, skip_serializing_if = "Split::is_first")]
    pub split: Split,
    /// Of a first row: what it was split into.
    #[serde(default, skip_serializing_if = "Splits::is_none")]
    pub splits: Splits,
    /// Units in the warehouse, reserved ones included.
    pub quantity: u32,
    /// Units set aside by reservations, for checkouts and unpaid orders.
    pub reserved_quantity: u32,
    /// Units that can be sold.
    pub available: u32,
    /// What it remembers of checkouts that hold units in the row itself. Empty where it was last written before rows
    /// did.
    #[serde(default)]
    pub holds: Holds,
    /// No hold is taken that was decided before this time: marks that would have told of its end are gone.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "millisecond::optional")]
    pub floor: Option<Timestamp>,
    /// Where they lie, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// How often people said how many there are, by a count or an adjustment. Of a first row.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub counted: u32,
    /// Units that came to it from other rows of its warehouse, less those that went there. What it would have without
    /// that no move changes, so rows that are read one by one add up though units are moved meanwhile.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub moved: i64,
    /// +1 at every write.
    pub version: u64,
    /// The cause of the last write.
    pub movement: Movement,
}

/// Why a row cannot take a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StockError {
    /// More would be taken than is available.
    #[error("fewer units are available than that")]
    NotAvailable,
    /// More would be released or committed than is reserved.
    #[error("fewer units are reserved than that")]
    NotReserved,
    /// The row would exceed [`MAX_UNITS`].
    #[error("a warehouse holds at most {MAX_UNITS} units of a SKU")]
    TooMany,
}

impl StockRow {
    /// The row after a change with this cause.
    ///
    /// # Errors
    /// [`StockError`] where the numbers do not allow it; invariant I1 holds of every row that comes out.
    pub fn apply(&self, change: Change, cause: Movement) -> Result<Self, StockError> {
        let delta = change.delta(self.quantity);
        let reserved = add(self.reserved_quantity, delta.reserved).ok_or(StockError::NotReserved)?;
        let available = add(self.available, delta.available()).ok_or(StockError::NotAvailable)?;
        let quantity = add(self.quantity, delta.quantity).ok_or(StockError::NotAvailable)?;
        if quantity > MAX_UNITS {
            return Err(StockError::TooMany);
        }
        Ok(Self {
            sku: self.sku.clone(),
            warehouse_id: self.warehouse_id.clone(),
            split: self.split,
            splits: self.splits,
            quantity,
            reserved_quantity: reserved,
            available,
            holds: self.holds.clone(),
            floor: self.floor,
            place: self.place.clone(),
            counted: self.counted + u32::from(cause.kind.is_said_by_people()),
            moved: self.moved + cause.moved(),
            version: self.version + 1,
            movement: cause,
        })
    }

    /// Its key.
    pub fn key(&self) -> RowKey {
        RowKey { split: self.split, ..RowKey::first(&self.sku, &self.warehouse_id) }
    }

    /// What the warehouse has, as if the row had never been split: what its rows hold counts as reserved, and the version
    /// is the sum of theirs, which rises with every change of any of them. All rows that it was ever split into count.
    pub fn whole(&self, splits: &[Self]) -> Self {
        // Below nothing it is where units came, were moved and were sold between the reads of two rows.
        let sum = |of: fn(&Self) -> i64| {
            let units = splits.iter().fold(of(self), |sum, row| sum + of(row)).max(0);
            u32::try_from(units).unwrap_or(u32::MAX)
        };
        Self {
            quantity: sum(|row| i64::from(row.quantity) - row.moved),
            reserved_quantity: sum(|row| i64::from(row.set_aside())),
            available: sum(|row| i64::from(row.available) - row.moved),
            holds: Holds::default(),
            moved: 0,
            version: self.version + splits.iter().map(|row| row.version).sum::<u64>(),
            ..self.clone()
        }
    }

    /// What it can sell.
    pub fn offered(&self) -> Allocation {
        Allocation { sku: self.sku.clone(), warehouse_id: self.warehouse_id.clone(), quantity: self.available }
    }

    /// Units that are set aside, by reservations or in the row itself.
    pub fn set_aside(&self) -> u32 {
        self.reserved_quantity.saturating_add(self.holds.units())
    }

    /// True where invariant I1 holds: what is set aside within quantity, available the difference.
    pub fn is_sound(&self) -> bool {
        self.quantity.checked_sub(self.set_aside()) == Some(self.available) && self.quantity <= MAX_UNITS
    }
}

fn is_zero<T: Default + PartialEq>(number: &T) -> bool {
    *number == T::default()
}

fn add(number: u32, delta: i64) -> Option<u32> {
    u32::try_from(i64::from(number).checked_add(delta)?).ok()
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::stock::MovementKind;

    pub(crate) fn row(sku: &str, warehouse: &str, quantity: u32) -> StockRow {
        StockRow {
            sku: sku.parse().unwrap(),
            warehouse_id: warehouse.parse().unwrap(),
            split: Split::FIRST,
            splits: Splits::default(),
            quantity,
            reserved_quantity: 0,
            available: quantity,
            holds: Holds::default(),
            floor: None,
            place: None,
            counted: 0,
            moved: 0,
            version: 1,
            movement: cause(Change::Set(quantity), 0),
        }
    }

    pub(crate) fn cause(change: Change, quantity: u32) -> Movement {
        Movement {
            kind: change.kind(),
            reference: "test".to_owned(),
            reason: None,
            delta: change.delta(quantity),
            at: Timestamp::UNIX_EPOCH,
        }
    }

    fn changes() -> impl Strategy<Value = Change> {
        let units = prop_oneof![0..20_u32, Just(MAX_UNITS), Just(u32::MAX)];
        prop_oneof![
            units.clone().prop_map(Change::Set),
            prop_oneof![-20..20_i64, Just(i64::MIN), Just(i64::MAX)].prop_map(Change::Adjust),
            units.clone().prop_map(Change::Reserve),
            units.clone().prop_map(Change::Commit),
            units.clone().prop_map(Change::Release),
            units.clone().prop_map(Change::Return),
            units.clone().prop_map(Change::Allot),
            units.prop_map(Change::Short),
        ]
    }

    proptest! {
        #[test]
        fn invariant_i1_holds_after_any_changes_and_the_movements_add_up(changes in proptest::collection::vec(changes(), 1..60)) {
            let mut stock = row("s", "w", 0);
            let (mut quantity, mut reserved) = (0_i64, 0_i64);
            for change in changes {
                if let Ok(next) = stock.apply(change, cause(change, stock.quantity)) {
                    quantity += next.movement.delta.quantity;
                    reserved += next.movement.delta.reserved;
                    prop_assert!(next.is_sound(), "{next:?}");
                    prop_assert_eq!(next.version, stock.version + 1);
                    prop_assert_eq!((i64::from(next.quantity), i64::from(next.reserved_quantity)), (quantity, reserved));
                    stock = next;
                }
            }
        }
    }

    #[test]
    fn each_change_moves_the_numbers_it_names() {
        let mut stock = row("s", "w", 10);
        for (change, expected) in [
            (Change::Reserve(4), (10, 4, 6)),
            (Change::Commit(3), (7, 1, 6)),
            (Change::Release(1), (7, 0, 7)),
            (Change::Return(3), (10, 0, 10)),
            (Change::Allot(4), (6, 0, 6)),
            (Change::Return(4), (10, 0, 10)),
            (Change::Short(4), (10, 0, 10)),
            (Change::Adjust(-2), (8, 0, 8)),
            (Change::Set(5), (5, 0, 5)),
        ] {
            stock = stock.apply(change, cause(change, stock.quantity)).unwrap();
            assert_eq!((stock.quantity, stock.reserved_quantity, stock.available), expected, "{change:?}");
        }
        assert_eq!(stock.movement.kind, MovementKind::Set);
    }

    #[test]
    fn a_row_holds_up_to_the_most_and_contradicts_itself_nowhere() {
        let full = row("s", "w", 0).apply(Change::Set(MAX_UNITS), cause(Change::Set(MAX_UNITS), 0)).unwrap();
        assert!(full.is_sound());
        assert!(!StockRow { available: MAX_UNITS - 1, ..full.clone() }.is_sound());
        assert!(!row("s", "w", MAX_UNITS + 1).is_sound());
    }

    #[test]
    fn what_is_reserved_can_neither_be_counted_away_nor_taken_twice() {
        let stock = row("s", "w", 10).apply(Change::Reserve(8), cause(Change::Reserve(8), 10)).unwrap();
        let refused = |change| stock.apply(change, cause(change, 10)).unwrap_err();
        assert_eq!(refused(Change::Set(7)), StockError::NotAvailable);
        assert_eq!(refused(Change::Adjust(-3)), StockError::NotAvailable);
        assert_eq!(refused(Change::Reserve(3)), StockError::NotAvailable);
        assert_eq!(refused(Change::Allot(3)), StockError::NotAvailable);
        assert_eq!(refused(Change::Commit(9)), StockError::NotReserved);
        assert_eq!(refused(Change::Release(9)), StockError::NotReserved);
        assert_eq!(refused(Change::Adjust(i64::from(MAX_UNITS))), StockError::TooMany);
    }
}
