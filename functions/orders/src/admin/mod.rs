//! Orders, as operators and the warehouse see them.

pub mod cancel_order;
pub mod deliver_order;
pub mod get_order;
pub mod ship_order;
