//! Stock rows and reservations: what the inventory context can do.
//!
//! A row of stock is only ever changed by additions under conditions on its own numbers, and a
//! reservation only together with its rows, so rows and reservations agree after every write. Holds of the order
//! protocol's second edition stand in the row itself, and are one write of it.
#![forbid(unsafe_code)]

mod adjust;
mod audit;
mod flash_sale_units;
mod hints;
mod holding;
mod ledger;
mod places;
mod repair;
mod reservations;
mod reserve;
mod row_write;
mod rows;
mod set_quantity;
mod splits;
mod transitions;
mod warehouses;

pub use adjust::{AdjustOutcome, Adjustment, IdempotentRequest, MissingUnits};
pub use audit::{StockAudit, StockAuditor};
pub use flash_sale_units::{AllotOutcome, FlashSaleUnits, GivenBack};
pub use hints::{HintBook, HintStep};
pub use holding::Found;
pub use ledger::{Ledger, LedgerEntry, LedgerPage};
pub use places::PlaceOutcome;
pub use repair::RepairOutcome;
pub use reservations::{ReservationBook, Reservations};
pub use reserve::{ReservationCost, ReserveOutcome, ReserveRequest};
pub use rows::{Availability, StockRows};
pub use set_quantity::{Count, Seen, SetQuantityOutcome};
pub use warehouses::{NearWarehouses, PutWarehouseOutcome, Warehouse, WarehouseDetails, Warehouses};
