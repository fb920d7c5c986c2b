//! Stock: the row of one SKU in one warehouse, what may change it, and which warehouses serve a basket.

mod allocation;
mod change;
mod entry;
mod hint;
mod holding;
mod key;
mod nearness;
mod place;
mod row;
mod split;

pub use allocation::{Allocation, Demand, Shortage, allocate};
pub use change::{Change, Delta, Movement, MovementKind};
pub use entry::{Entry, EntryError, Holds};
pub use hint::Hint;
pub use holding::{
    COLLECT_AFTER, COLLECT_FROM, EntryChange, FLOOR_MARGIN, GivingBack, Holding, Judged, MAX_ENTRIES, RowWrite,
    Selling, Wish,
};
pub(crate) use key::sku_of_partition;
pub use key::{RowKey, RowUnits, Split, WarehouseRow};
pub use nearness::{Area, AreaError, Site, nearest};
pub use place::Place;
pub use row::{MAX_UNITS, StockError, StockRow};
pub use split::{MAX_SPLITS, MERGE_BELOW, SPLIT_FROM, Splits, Transfer, share_out, wanted_splits};

#[cfg(test)]
pub(crate) use row::tests;
