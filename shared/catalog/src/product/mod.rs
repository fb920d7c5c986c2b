//! Products and their variants.

mod change;
mod check;
mod delete;
mod details;
mod fit;
mod places;
mod put;
mod record;

pub(crate) use fit::Definitions;

pub use change::{ChangeProductError, ProductChange};
pub use delete::DeleteProductError;
pub use details::{Dimensions, Image, ProductDetails, Rating, Scalar, Variant};
pub use put::PutProductError;
pub use record::{Product, ProductRecord};
