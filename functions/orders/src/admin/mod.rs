//! Orders, as operators see them.

pub mod cancel_order;
pub mod get_order;
