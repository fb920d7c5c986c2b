//! Sellers.

use serde::{Deserialize, Serialize};
use souk_domain::ids::SellerId;
use souk_dynamo::StoreError;
use utoipa::ToSchema;

use crate::{Catalog, Key, PreconditionFailure, Put, Violation, precondition::Versioned, violation::Violations};

const NAME_MAX: usize = 100;

/// What an operator decides about a seller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SellerDetails {
    /// What the seller is called.
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
}

/// A seller as operators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Seller {
    /// Its id.
    pub seller_id: SellerId,
    /// What an operator decides.
    #[serde(flatten)]
    pub details: SellerDetails,
    /// Raised by one at every change.
    pub version: u64,
}

/// A seller as the table and its stream hold it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SellerRecord {
    pub(crate) pk: String,
    /// What it is called.
    pub name: String,
    /// Raised by one at every change.
    pub version: u64,
}

/// Why a seller was not put.
#[derive(Debug, thiserror::Error)]
pub enum PutSellerError {
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

impl SellerDetails {
    /// Checks everything that can be checked without looking anything up.
    ///
    /// # Errors
    /// All violations.
    pub fn check(&self) -> Result<(), Vec<Violation>> {
        let mut found = Violations::default();
        found.text("name", &self.name, NAME_MAX);
        found.into_result()
    }
}

impl Catalog {
    /// A seller.
    ///
    /// # Errors
    /// [`StoreError`]; an absent one is `None`.
    pub async fn seller(&self, id: &SellerId) -> Result<Option<Seller>, StoreError> {
        let key = Key::Seller(id.clone()).to_string();
        let record: Option<SellerRecord> = self.table.get(&[("pk", &key)]).await?;
        Ok(record.map(|r| Seller {
            seller_id: id.clone(),
            details: SellerDetails { name: r.name },
            version: r.version,
        }))
    }

    /// Creates or renames a seller.
    ///
    /// # Errors
    /// [`PutSellerError`]; then nothing was written.
    pub async fn put_seller(
        &self,
        id: &SellerId,
        details: SellerDetails,
        if_match: Option<u64>,
    ) -> Result<Put<Seller>, PutSellerError> {
        details.check().map_err(PutSellerError::Invalid)?;
        let made = |version| {
            let pk = Key::Seller(id.clone()).to_string();
            let record = SellerRecord { pk, name: details.name.clone(), version };
            (Seller { seller_id: id.clone(), details: details.clone(), version }, record)
        };
        self.put_alone("seller", (&details, if_match), || self.seller(id), made).await
    }
}

impl Versioned for Seller {
    type Details = SellerDetails;

    fn version(&self) -> u64 {
        self.version
    }

    fn details(&self) -> &SellerDetails {
        &self.details
    }
}
