//! Stock: the row of one SKU in one warehouse, what may change it, and which warehouses serve a basket.

mod allocation;
mod change;
mod hint;
mod nearness;
mod place;
mod row;

pub use allocation::{Allocation, Demand, Shortage, allocate};
pub use change::{Change, Delta, Movement, MovementKind};
pub use hint::Hint;
pub use nearness::{Area, AreaError, Site, nearest};
pub use place::Place;
pub use row::{MAX_UNITS, StockError, StockRow};

#[cfg(test)]
pub(crate) use row::tests;
