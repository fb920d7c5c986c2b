//! What warehouses do for orders: one fulfilment for each order and warehouse, with who picks it. Everything that
//! decides anything stands in the order's own record; a fulfilment follows it.
#![forbid(unsafe_code)]

mod fulfilments;
mod parcels;
mod record;
mod work;

pub use fulfilments::{Fulfilments, ReviseOutcome};
pub use parcels::Parcels;
pub use record::FulfilmentRecord;
pub use work::{Work, WorkPlace};
