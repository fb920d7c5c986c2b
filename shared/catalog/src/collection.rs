//! Collections: products that operators have put together, under a name and with a page. Which products are in one is
//! said by the products; it says which of them stand foremost.

use serde::{Deserialize, Serialize};
use souk_domain::ids::{CollectionId, ProductId};
use souk_dynamo::StoreError;
use utoipa::ToSchema;

use crate::{Catalog, Key, PreconditionFailure, Put, Violation, precondition::Versioned, violation::Violations};

const NAME_MAX: usize = 100;
const DESCRIPTION_MAX: usize = 2_000;
const FEATURED_MAX: usize = 24;

/// What an operator decides about a collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CollectionDetails {
    /// What it is called.
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// What there is to say about it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(max_length = 2_000)]
    pub description: String,
    /// The products that its page shows, in this order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 24)]
    pub featured_product_ids: Vec<ProductId>,
}

/// A collection as operators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Collection {
    /// Its id.
    pub collection_id: CollectionId,
    /// What an operator decides.
    #[serde(flatten)]
    pub details: CollectionDetails,
    /// Raised by one at every change.
    pub version: u64,
}

/// A collection as the table and its stream hold it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectionRecord {
    pub(crate) pk: String,
    /// What an operator decides.
    pub details: CollectionDetails,
    /// Raised by one at every change.
    pub version: u64,
}

/// Why a collection was not put.
#[derive(Debug, thiserror::Error)]
pub enum PutCollectionError {
    /// Fields out of their limits.
    #[error("{} fields are out of their limits", .0.len())]
    Invalid(Vec<Violation>),
    /// The caller has not seen what they would overwrite.
    #[error(transparent)]
    Precondition(#[from] PreconditionFailure),
    /// The table did not answer or is too busy.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl CollectionDetails {
    /// Checks everything that can be checked without looking anything up.
    ///
    /// # Errors
    /// All violations.
    pub fn check(&self) -> Result<(), Vec<Violation>> {
        let mut found = Violations::default();
        found.text("name", &self.name, NAME_MAX);
        if !self.description.is_empty() {
            found.text("description", &self.description, DESCRIPTION_MAX);
        }
        found.at_most("featured_product_ids", self.featured_product_ids.len(), FEATURED_MAX);
        found.no_twice("featured_product_ids", &self.featured_product_ids);
        found.into_result()
    }
}

impl Catalog {
    /// A collection.
    ///
    /// # Errors
    /// [`StoreError`]; an absent one is `None`.
    pub async fn collection(&self, id: &CollectionId) -> Result<Option<Collection>, StoreError> {
        let key = Key::Collection(id.clone()).to_string();
        let record: Option<CollectionRecord> = self.table.get(&[("pk", &key)]).await?;
        Ok(record.map(|r| Collection { collection_id: id.clone(), details: r.details, version: r.version }))
    }

    /// Creates or changes a collection.
    ///
    /// # Errors
    /// [`PutCollectionError`]; then nothing was written.
    pub async fn put_collection(
        &self,
        id: &CollectionId,
        details: CollectionDetails,
        if_match: Option<u64>,
    ) -> Result<Put<Collection>, PutCollectionError> {
        details.check().map_err(PutCollectionError::Invalid)?;
        let made = |version| {
            let pk = Key::Collection(id.clone()).to_string();
            let record = CollectionRecord { pk, details: details.clone(), version };
            (Collection { collection_id: id.clone(), details: details.clone(), version }, record)
        };
        self.put_alone("collection", (&details, if_match), || self.collection(id), made).await
    }
}

impl Versioned for Collection {
    type Details = CollectionDetails;

    fn version(&self) -> u64 {
        self.version
    }

    fn details(&self) -> &CollectionDetails {
        &self.details
    }
}
