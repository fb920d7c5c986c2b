//! What search sends itself.

use std::fmt;

use serde::{Deserialize, Serialize};
use souk_domain::ids::{CategoryId, CollectionId, ProductId, SellerId};

/// A name has changed that product pages show. First the products are listed that it concerns, some
/// thousands a message; then their pages are brought up to date, some a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum PageRefresh {
    /// The way to this category: of the products that stand right in it, before all or else, and of the categories
    /// below it.
    Category {
        /// Which category.
        category_id: CategoryId,
        /// What is to be listed.
        #[serde(default)]
        listing: Listing,
    },
    /// This collection, on the pages of its products.
    Collection {
        /// Which collection.
        collection_id: CollectionId,
        /// What is to be listed.
        #[serde(default)]
        listing: Listing,
    },
    /// This seller, on the pages of their products.
    Seller {
        /// Which seller.
        seller_id: SellerId,
        /// What is to be listed.
        #[serde(default)]
        listing: Listing,
    },
    /// These pages.
    Pages {
        /// What they show.
        name: NameOf,
        /// Whose pages.
        products: Vec<ProductId>,
        /// For which rename.
        rename: String,
        /// In which segment of it they were listed.
        segment: u32,
        /// Which part of the segment they are; none of one that is tried by itself.
        #[serde(default)]
        part: Option<u32>,
    },
}

/// Some thousand products of one category, collection or seller.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Listing {
    /// The rename that began it, such as `category#bags@3`: operators see how far each has come.
    pub rename: String,
    /// How many segments were listed before.
    pub segment: u32,
    /// The last of the segment before, by its key in the catalog; messages of before name a product.
    pub after: Option<String>,
}

/// Whose name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameOf {
    /// A category's, with the way to it.
    Category(CategoryId),
    /// A collection's.
    Collection(CollectionId),
    /// A seller's.
    Seller(SellerId),
}

impl PageRefresh {
    /// The beginning of a rename: a category, collection or seller has this version now.
    pub fn begin(name: NameOf, version: u64) -> Self {
        let listing = Listing { rename: format!("{name}@{version}"), ..Listing::default() };
        Self::list(name, listing)
    }

    /// A listing of the products that show this name.
    pub fn list(name: NameOf, listing: Listing) -> Self {
        match name {
            NameOf::Category(category_id) => Self::Category { category_id, listing },
            NameOf::Collection(collection_id) => Self::Collection { collection_id, listing },
            NameOf::Seller(seller_id) => Self::Seller { seller_id, listing },
        }
    }
}

impl fmt::Display for NameOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Category(id) => write!(f, "category#{id}"),
            Self::Collection(id) => write!(f, "collection#{id}"),
            Self::Seller(id) => write!(f, "seller#{id}"),
        }
    }
}
