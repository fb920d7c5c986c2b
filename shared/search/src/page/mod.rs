//! The read model: product pages and what they are joined from.

mod availability;
mod facts;
mod names;
mod project;
mod record;
mod store;
mod tree;
mod view;

pub use availability::Availability;
pub use record::{
    AvailabilityFact, CategoryName, CategoryPath, Image, PageProduct, PriceFact, ProductPage, Rating, SellerName,
    Variant,
};
pub use store::Pages;
pub(crate) use store::Part;
pub use tree::{CategoryTree, TreeView};
pub use view::PageView;
