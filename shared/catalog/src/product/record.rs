use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use souk_domain::ids::{CategoryId, ProductId, SellerId, Sku};
use utoipa::ToSchema;

use super::ProductDetails;
use crate::{Key, Place, precondition::Stored};

/// A product as operators see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Product {
    /// Its id.
    pub product_id: ProductId,
    /// What an operator decides.
    #[serde(flatten)]
    pub details: ProductDetails,
    /// Raised by one at every change.
    pub version: u64,
    /// When it was first put.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A product as the table and its stream hold it. Without details it is the tombstone of a product.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProductRecord {
    pub(crate) pk: String,
    /// Its id.
    pub product_id: ProductId,
    /// Raised by one at every change, deletion and return included.
    pub version: u64,
    /// What an operator decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<ProductDetails>,
    /// Its SKUs; a tombstone keeps those that the product had last.
    pub skus: Vec<Sku>,
    /// Key of the index by category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) category_id: Option<CategoryId>,
    /// Key of the index by seller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) seller_id: Option<SellerId>,
    /// When it was first put.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl ProductRecord {
    pub(crate) fn live(
        id: &ProductId,
        details: ProductDetails,
        version: u64,
        created: Timestamp,
        now: Timestamp,
    ) -> Self {
        Self {
            pk: Key::Product(id.clone()).to_string(),
            product_id: id.clone(),
            version,
            skus: details.variants.iter().map(|variant| variant.sku.clone()).collect(),
            category_id: Some(details.category_id.clone()),
            seller_id: Some(details.seller_id.clone()),
            details: Some(details),
            created_at: created,
            updated_at: now,
        }
    }

    /// Where it stands beside its main category; nowhere where it is a tombstone.
    pub(crate) fn places(&self) -> BTreeSet<Place> {
        let Some(details) = &self.details else { return BTreeSet::new() };
        let categories = details.further_category_ids.iter().cloned().map(Place::Category);
        categories.chain(details.collection_ids.iter().cloned().map(Place::Collection)).collect()
    }

    pub(crate) fn tombstone(self, now: Timestamp) -> Self {
        Self { version: self.version + 1, details: None, category_id: None, seller_id: None, updated_at: now, ..self }
    }

    /// The product; `None` for a tombstone.
    pub fn product(self) -> Option<Product> {
        let Self { product_id, version, details, created_at, updated_at, .. } = self;
        details.map(|details| Product { product_id, details, version, created_at, updated_at })
    }

    pub(crate) fn stored(record: Option<&Self>, wanted: &ProductDetails) -> Stored {
        match record {
            None => Stored::Never,
            Some(Self { version, details: None, .. }) => Stored::Deleted { version: *version },
            Some(Self { version, details: Some(details), .. }) => {
                Stored::Present { version: *version, equal: details == wanted }
            }
        }
    }
}
