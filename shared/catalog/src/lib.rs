//! Product metadata, the source of truth: products with their variants, categories, collections, sellers.
//!
//! One table holds all of it, one item per thing (`product#…`, `category#…`, `collection#…`, `seller#…`), one
//! item per SKU (`sku#…`) that says which product it belongs to, for good, and one for each place where a product
//! stands beside its main category (`placed#…`), so that the indexes list it there too. Every change raises the
//! thing's version by one; a deleted product leaves a tombstone, so its versions go on rising when
//! it is put back. The table's stream is how the rest of the shop hears of changes.
#![forbid(unsafe_code)]

mod alone;
mod category;
mod collection;
mod definition;
mod key;
mod precondition;
mod product;
mod seller;
mod store;
mod violation;
mod ways;

pub use category::{Category, CategoryDetails, CategoryRecord, PutCategoryError};
pub use collection::{Collection, CollectionDetails, CollectionRecord, PutCollectionError};
pub use definition::{AttributeDefinition, AttributeType};
pub use key::{Key, Place};
pub use precondition::PreconditionFailure;
pub use product::{
    ChangeProductError, DeleteProductError, Dimensions, Image, Product, ProductChange, ProductDetails, ProductRecord,
    PutProductError, Rating, Scalar, Variant,
};
pub use seller::{PutSellerError, Seller, SellerDetails, SellerRecord};
pub use store::{Catalog, ProductsOf, ProductsPage};
pub use violation::Violation;

/// How a PUT ended. In every case the stored thing is the one that was sent.
#[derive(Debug, Clone, PartialEq)]
pub enum Put<T> {
    /// It was not there before.
    Created(T),
    /// It was there and was changed.
    Changed(T),
    /// It was there and equal: nothing was written.
    Unchanged(T),
}

impl<T> Put<T> {
    fn written(is_new: bool, it: T) -> Self {
        if is_new { Self::Created(it) } else { Self::Changed(it) }
    }
}
