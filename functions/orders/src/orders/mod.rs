//! Orders, as the shopper who placed them sees them.

pub mod cancel_order;
pub mod get_order;
pub mod list_orders;
pub mod pay_order;
pub mod place_order;
pub mod put_shipping_address;
mod view;

pub(crate) use view::{OrderView, cancelled};
