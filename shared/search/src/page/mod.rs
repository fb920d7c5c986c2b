//! The read model: product pages and what they are joined from.

mod availability;
mod facts;
mod kept;
mod names;
mod nodes;
mod project;
mod record;
mod renames;
mod store;
mod tree;
mod view;

pub use availability::Availability;
pub use record::{
    AvailabilityFact, CategoryName, CategoryPath, Image, PageProduct, PriceFact, ProductPage, Rating, SellerName,
    Variant,
};
pub use renames::{PRODUCTS_A_PART, RenameReport, RenameState, Segment};
pub use store::Pages;
pub use tree::{CategoryTree, TreeView};
pub use view::PageView;
