//! Orders, as the shopper who placed them sees them.

pub mod cancel_order;
pub mod get_order;
pub mod list_orders;
pub mod place_order;
mod view;

pub(crate) use view::{OrderView, cancelled};
