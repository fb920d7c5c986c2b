//! Orders, as the shopper who placed them sees them.

pub mod cancel;
pub mod get;
pub mod list;
pub mod place;
mod view;

pub(crate) use view::{OrderView, cancelled};
