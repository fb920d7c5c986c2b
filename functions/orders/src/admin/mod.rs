//! Orders, as operators and the warehouse see them.

pub mod cancel_order;
pub mod deliver_order;
pub mod get_order;
pub mod get_timeline;
pub mod list_orders;
pub mod post_note;
mod row;
pub mod search_orders;
pub mod ship_order;
