//! What opens and closes the warehouses' work, and what makes up for calls that died.

pub mod follow_orders;
pub mod sweep_arrivals;
pub mod sweep_shipments;
