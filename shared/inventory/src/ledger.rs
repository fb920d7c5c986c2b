use serde::{Deserialize, Serialize};
use souk_domain::{
    audit::LedgerSum,
    stock::{Movement, RowKey, StockRow},
};
use souk_dynamo::{AttributeValue, StoreError, Table, n, s};
use souk_wiring::FromEnvironment;

/// The `inventory-ledger` table (keys `row`, `version`): every movement of every row.
///
/// It is derived from the rows' stream. A row's deltas, from version 1 on, add up to its numbers.
#[derive(Debug, Clone, FromEnvironment)]
pub struct Ledger {
    #[variable("LEDGER_TABLE")]
    table: Table,
}

/// One movement, with the row's numbers after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// The row's version that the movement made.
    pub version: u64,
    /// The movement.
    #[serde(flatten)]
    pub movement: Movement,
    /// Units in the warehouse afterwards.
    pub quantity: u32,
    /// Units set aside afterwards.
    pub reserved_quantity: u32,
    /// Units for sale afterwards.
    pub available: u32,
}

/// An entry as it is stored.
#[derive(Serialize)]
struct LedgerRecord {
    /// The table's partition: SKU and warehouse.
    row: String,
    #[serde(flatten)]
    entry: LedgerEntry,
}

/// Some movements of a row, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerPage {
    /// The movements.
    pub entries: Vec<LedgerEntry>,
    /// The version below which the next page begins; `None` on the last one.
    pub next: Option<u64>,
}

impl Ledger {
    /// The ledger in this table.
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// Records how a row came to its present numbers. A version always makes the same entry, so
    /// recording it again changes nothing.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn record(&self, row: &StockRow) -> Result<(), StoreError> {
        let entry = LedgerEntry {
            version: row.version,
            movement: row.movement.clone(),
            quantity: row.quantity,
            reserved_quantity: row.set_aside(),
            available: row.available,
        };
        self.table.put(&LedgerRecord { row: partition(&row.key()), entry }).await
    }

    /// A row's movements, newest first, below a version.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn page(&self, row: &RowKey, below: Option<u64>, limit: usize) -> Result<LedgerPage, StoreError> {
        let names = [("#row", "row"), ("#version", "version")];
        let mut query = self.table.query().key_condition_expression("#row = :row AND #version < :below");
        for (name, attribute) in names {
            query = query.expression_attribute_names(name, attribute);
        }
        let answer = query
            .expression_attribute_values(":row", s(partition(row)))
            .expression_attribute_values(":below", below.map_or_else(highest, n))
            .scan_index_forward(false)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(StoreError::from_sdk)?;
        let more = answer.last_evaluated_key.is_some();
        let items = answer.items.unwrap_or_default();
        let entries: Vec<LedgerEntry> = items.into_iter().map(souk_dynamo::decode).collect::<Result<_, _>>()?;
        let next = entries.last().filter(|_| more).map(|entry| entry.version);
        Ok(LedgerPage { entries, next })
    }

    /// What a row's movements up to a version come to, read consistently page by page.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn sum(&self, row: &RowKey, up_to: u64) -> Result<LedgerSum, StoreError> {
        let mut sum = LedgerSum::default();
        let mut entries = self
            .table
            .query()
            .key_condition_expression("#row = :row AND #version <= :last")
            .expression_attribute_names("#row", "row")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":row", s(partition(row)))
            .expression_attribute_values(":last", n(up_to))
            .consistent_read(true)
            .into_paginator()
            .items()
            .send();
        while let Some(entry) = entries.next().await {
            let item = entry.map_err(StoreError::from_sdk)?;
            sum.add(&souk_dynamo::decode::<Movement>(item)?);
        }
        Ok(sum)
    }
}

fn highest() -> AttributeValue {
    n(u64::MAX)
}

/// SKU and warehouse, and of a split its number.
fn partition(row: &RowKey) -> String {
    let RowKey { sku, warehouse_id, split } = row;
    match split.is_first() {
        true => format!("{sku}#{warehouse_id}"),
        false => format!("{sku}#{warehouse_id}#{}", split.get()),
    }
}
