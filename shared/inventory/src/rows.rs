use souk_domain::{
    ids::{Sku, WarehouseId},
    stock::{RowKey, StockRow},
};
use souk_dynamo::{Item, Page, Segment, StoreError, Table};
use souk_wiring::FromEnvironment;

use crate::row_write::{key, stored};

/// The `inventory` table (keys `sku`, `warehouse_id`): one row per SKU and warehouse.
#[derive(Debug, Clone, FromEnvironment)]
pub struct StockRows {
    #[variable("INVENTORY_TABLE")]
    pub(crate) table: Table,
}

/// What all warehouses together can sell of a SKU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Availability {
    /// Which SKU.
    pub sku: Sku,
    /// Units that can be sold.
    pub available: u64,
    /// The sum of the rows' versions: it rises with every change of any of them.
    pub version: u64,
}

impl StockRows {
    /// The rows in this table.
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// The client that reaches them, for transactions with other tables.
    pub fn client(&self) -> &souk_dynamo::Client {
        self.table.client()
    }

    /// A SKU's rows, one a warehouse, read consistently, by warehouse id. Where it was split, its splits are not among
    /// them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of_sku(&self, sku: &Sku) -> Result<Vec<StockRow>, StoreError> {
        self.table.partition("sku", sku.as_str()).await
    }

    /// A warehouse's first row, read consistently.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn get(&self, sku: &Sku, warehouse_id: &WarehouseId) -> Result<Option<StockRow>, StoreError> {
        self.table.get(&key(sku, warehouse_id)).await
    }

    /// One row, read consistently.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn get_row(&self, row: &RowKey) -> Result<Option<StockRow>, StoreError> {
        self.table.get(&stored(&row.partition(), &row.warehouse_id)).await
    }

    /// One page of all rows, read consistently item by item; a page begins where the one before ended.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn scan_page(&self, after: Option<Item>) -> Result<Page<StockRow>, StoreError> {
        self.table.scan_page(after).await
    }

    /// As [`StockRows::scan_page`], of a part of them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn scan_segment(&self, segment: Segment, after: Option<Item>) -> Result<Page<StockRow>, StoreError> {
        self.table.scan_segment(segment, after).await
    }

    /// What can be sold of a SKU, over all warehouses.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn availability(&self, sku: &Sku) -> Result<Availability, StoreError> {
        let rows = self.whole_of_sku(sku).await?;
        Ok(Availability {
            sku: sku.clone(),
            available: rows.iter().map(|row| u64::from(row.available)).sum(),
            version: rows.iter().map(|row| row.version).sum(),
        })
    }
}
