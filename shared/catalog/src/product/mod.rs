//! Products and their variants.

mod check;
mod delete;
mod details;
mod places;
mod put;
mod record;

pub use delete::DeleteProductError;
pub use details::{Dimensions, Image, ProductDetails, Rating, Scalar, Variant};
pub use put::PutProductError;
pub use record::{Product, ProductRecord};
