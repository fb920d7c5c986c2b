//! The read model: product pages and what they are joined from.

mod availability;
mod card;
mod collections;
mod facts;
mod kept;
mod names;
mod nodes;
mod picture;
mod project;
mod record;
mod renames;
mod store;
mod tree;
mod view;

pub use availability::Availability;
pub use card::{CardVariant, CardView};
pub use collections::CollectionNode;
pub use picture::{ImageSource, ImageView};
pub use record::{
    AttributeRule, AttributeRules, AvailabilityFact, CategoryName, CategoryPath, CollectionName, Dimensions, Image,
    PageProduct, PriceFact, ProductPage, Rating, SellerName, Variant,
};
pub use renames::{PRODUCTS_A_PART, RenameReport, RenameState, Segment};
pub(crate) use store::Part;
pub use store::{GONE_FOR, Looked, Pages};
pub use tree::{CategoryTree, TreeView};
pub use view::PageView;
