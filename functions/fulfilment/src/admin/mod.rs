//! The whole of an order at once, whatever its warehouses do.

pub mod deliver_order;
pub mod ship_order;
