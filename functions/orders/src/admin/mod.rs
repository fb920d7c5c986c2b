//! Orders, as operators see them.

pub mod cancel_order;
pub mod get_order;
pub mod get_timeline;
pub mod list_orders;
pub mod post_note;
mod row;
pub mod search_orders;
