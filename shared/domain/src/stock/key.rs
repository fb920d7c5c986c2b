//! The names of rows: of the one that a warehouse has of a SKU, and of the splits beside it once it is hot.

use std::{borrow::Cow, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, de};

use super::Allocation;
use crate::ids::{Sku, WarehouseId};

/// What stands between a name and a split's number. No id that a client chooses has it.
const SEPARATOR: char = '#';

/// Which of a warehouse's rows of a SKU: its first one, or one of those that the first was split into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Split(u16);

impl Split {
    /// The row that every warehouse has.
    pub const FIRST: Self = Self(0);

    /// The split of this number, from 1; the first row at 0.
    pub const fn number(number: u16) -> Self {
        Self(number)
    }

    /// Its number: 0 of the first row.
    pub const fn get(self) -> u16 {
        self.0
    }

    /// True of the row that every warehouse has.
    pub const fn is_first(&self) -> bool {
        self.0 == 0
    }

    /// A name with this split's number, where it has one.
    fn added_to(self, name: &str) -> Cow<'_, str> {
        match self.0 {
            0 => Cow::Borrowed(name),
            number => Cow::Owned(format!("{name}{SEPARATOR}{number}")),
        }
    }

    /// The name and the split of a text that [`Split::added_to`] made. `None` where its number is none.
    fn taken_from(text: &str) -> Option<(&str, Self)> {
        let Some((name, number)) = text.split_once(SEPARATOR) else { return Some((text, Self::FIRST)) };
        number.parse().ok().filter(|number| *number > 0).map(|number| (name, Self(number)))
    }
}

/// A row of stock, by its key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowKey {
    /// Of which SKU.
    pub sku: Sku,
    /// Where.
    pub warehouse_id: WarehouseId,
    /// Which of the warehouse's.
    pub split: Split,
}

impl RowKey {
    /// The row that a warehouse has of a SKU.
    pub fn first(sku: &Sku, warehouse_id: &WarehouseId) -> Self {
        Self { sku: sku.clone(), warehouse_id: warehouse_id.clone(), split: Split::FIRST }
    }

    /// Another row of the same warehouse.
    pub fn of_split(&self, split: Split) -> Self {
        Self { split, ..self.clone() }
    }

    /// The partition in which it is stored: a split has one of its own, and so its own share of what the table can
    /// write.
    pub fn partition(&self) -> Cow<'_, str> {
        self.split.added_to(self.sku.as_str())
    }

    /// True where it is one of this warehouse's rows of this SKU.
    pub fn is_in(&self, sku: &Sku, warehouse_id: &WarehouseId) -> bool {
        self.sku == *sku && self.warehouse_id == *warehouse_id
    }
}

impl fmt::Display for RowKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}", self.partition(), self.warehouse_id)
    }
}

/// A key as it is stored.
#[derive(Serialize, Deserialize)]
struct StoredKey<'a> {
    sku: Cow<'a, str>,
    warehouse_id: Cow<'a, WarehouseId>,
}

impl Serialize for RowKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        StoredKey { sku: self.partition(), warehouse_id: Cow::Borrowed(&self.warehouse_id) }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for RowKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let StoredKey { sku, warehouse_id } = StoredKey::deserialize(deserializer)?;
        let (sku, split) = named(&sku)?;
        Ok(Self { sku, warehouse_id: warehouse_id.into_owned(), split })
    }
}

/// The SKU of a row, whose partition names the split too.
pub(crate) fn sku_of_partition<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Sku, D::Error> {
    let partition = Cow::<'_, str>::deserialize(deserializer)?;
    named(&partition).map(|(sku, _)| sku)
}

/// One of a warehouse's rows of a SKU that is known from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WarehouseRow {
    /// Where.
    pub warehouse_id: WarehouseId,
    /// Which of the warehouse's.
    pub split: Split,
}

impl WarehouseRow {
    /// The key of this row of a SKU.
    pub fn of(&self, sku: &Sku) -> RowKey {
        RowKey { sku: sku.clone(), warehouse_id: self.warehouse_id.clone(), split: self.split }
    }
}

impl From<WarehouseId> for WarehouseRow {
    fn from(warehouse_id: WarehouseId) -> Self {
        Self { warehouse_id, split: Split::FIRST }
    }
}

impl Serialize for WarehouseRow {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.split.added_to(self.warehouse_id.as_str()))
    }
}

impl<'de> Deserialize<'de> for WarehouseRow {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'_, str>::deserialize(deserializer)?;
        named(&text).map(|(warehouse_id, split)| Self { warehouse_id, split })
    }
}

fn named<I: FromStr<Err: fmt::Display>, E: de::Error>(text: &str) -> Result<(I, Split), E> {
    let (name, split) = Split::taken_from(text).ok_or_else(|| E::custom("is no number of a split"))?;
    Ok((name.parse().map_err(E::custom)?, split))
}

/// Units that left from a row.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RowUnits {
    /// Which row.
    #[serde(flatten)]
    pub row: RowKey,
    /// How many.
    pub quantity: u32,
}

impl From<&Allocation> for RowUnits {
    /// Of the warehouse's first row: what a reservation has.
    fn from(part: &Allocation) -> Self {
        Self { row: RowKey::first(&part.sku, &part.warehouse_id), quantity: part.quantity }
    }
}

impl RowUnits {
    /// What leaves from each warehouse, whichever of its rows it stood in; in the order in which the warehouses come
    /// first.
    pub fn by_warehouse(units: &[Self]) -> Vec<Allocation> {
        let mut sums: Vec<Allocation> = Vec::new();
        for Self { row, quantity } in units {
            match sums.iter_mut().find(|sum| row.is_in(&sum.sku, &sum.warehouse_id)) {
                Some(sum) => sum.quantity = sum.quantity.saturating_add(*quantity),
                None => sums.push(Allocation {
                    sku: row.sku.clone(),
                    warehouse_id: row.warehouse_id.clone(),
                    quantity: *quantity,
                }),
            }
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_value, json, to_value};

    use super::*;

    fn key(split: u16) -> RowKey {
        RowKey { sku: "tea".parse().unwrap(), warehouse_id: "east".parse().unwrap(), split: Split::number(split) }
    }

    #[test]
    fn a_split_is_named_in_its_partition_and_the_first_row_as_it_always_was() {
        for (split, stored) in
            [(0, json!({"sku": "tea", "warehouse_id": "east"})), (7, json!({"sku": "tea#7", "warehouse_id": "east"}))]
        {
            assert_eq!(to_value(key(split)).unwrap(), stored);
            assert_eq!(from_value::<RowKey>(stored).unwrap(), key(split));
        }
        assert_eq!((key(0).partition(), key(12).partition()), ("tea".into(), "tea#12".into()));
        for bad in ["tea#0", "tea#", "tea#x", "tea#70000", "#1", "tea#1#2"] {
            assert!(from_value::<RowKey>(json!({"sku": bad, "warehouse_id": "east"})).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_row_of_a_line_is_its_warehouse_and_its_split() {
        let row = |split| WarehouseRow { warehouse_id: "east".parse().unwrap(), split: Split::number(split) };
        for (split, stored) in [(0, "east"), (3, "east#3")] {
            assert_eq!(to_value(row(split)).unwrap(), Value::from(stored));
            assert_eq!(from_value::<WarehouseRow>(stored.into()).unwrap(), row(split));
            assert_eq!(row(split).of(&"tea".parse().unwrap()), key(split));
        }
    }

    #[test]
    fn what_left_is_stored_by_row_and_told_by_warehouse() {
        let units = [(0, 1), (2, 4)].map(|(split, quantity)| RowUnits { row: key(split), quantity });
        let stored = to_value(&units[1]).unwrap();
        assert_eq!(stored, json!({"sku": "tea#2", "warehouse_id": "east", "quantity": 4}));
        assert_eq!(from_value::<RowUnits>(stored).unwrap(), units[1]);
        let told = RowUnits::by_warehouse(&units);
        assert_eq!(
            told,
            [Allocation { sku: "tea".parse().unwrap(), warehouse_id: "east".parse().unwrap(), quantity: 5 }]
        );
    }
}
