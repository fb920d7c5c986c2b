use std::collections::HashSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use souk_domain::ids::{ProductId, Sku};
use souk_dynamo::{Item, Refusal, StoreError, Transaction, TransactionOutcome, attribute, decode, s};

use super::{Product, ProductDetails, ProductRecord};
use crate::{
    Catalog, Key, PreconditionFailure, Put, Violation,
    precondition::{Step, step},
    store::{ATTEMPTS, pause, unchanged_since},
};

/// Why a product was not put.
#[derive(Debug, thiserror::Error)]
pub enum PutProductError {
    /// Fields out of their limits.
    #[error("{} fields are out of their limits", .0.len())]
    Invalid(Vec<Violation>),
    /// The caller has not seen what they would overwrite.
    #[error(transparent)]
    Precondition(#[from] PreconditionFailure),
    /// There is no such category.
    #[error("the category does not exist")]
    UnknownCategory,
    /// There is no such seller.
    #[error("the seller does not exist")]
    UnknownSeller,
    /// A SKU belongs to another product, and does so for good.
    #[error("{sku} belongs to the product {product_id}")]
    SkuTaken {
        /// Which SKU.
        sku: Sku,
        /// Whose it is.
        product_id: ProductId,
    },
    /// The table did not answer or is too busy.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The item that says to which product a SKU belongs. It is never deleted: prices, stock, orders and
/// search documents know a variant by its SKU alone, and compare versions under it.
#[derive(Debug, Serialize, Deserialize)]
struct SkuClaim {
    pk: String,
    sku: Sku,
    product_id: ProductId,
}

/// What stands in the table around a product that is being put.
struct Surroundings {
    product: Option<ProductRecord>,
    category_exists: bool,
    seller_exists: bool,
}

impl Catalog {
    /// Creates or changes a product.
    ///
    /// Category and seller are looked up, not put under a condition of the write: neither can be
    /// deleted, so having seen one is proof for good, and products of one category do not contend.
    ///
    /// # Errors
    /// [`PutProductError`]; then nothing was written.
    pub async fn put_product(
        &self,
        id: &ProductId,
        details: ProductDetails,
        if_match: Option<u64>,
        now: Timestamp,
    ) -> Result<Put<Product>, PutProductError> {
        details.check().map_err(PutProductError::Invalid)?;
        for attempt in 0..ATTEMPTS {
            let around = self.surroundings(id, &details).await?;
            let stored = ProductRecord::stored(around.product.as_ref(), &details);
            let step = step(stored, if_match)?;
            let version = match (step, around.product.clone().and_then(ProductRecord::product)) {
                (Step::Nothing, Some(product)) => return Ok(Put::Unchanged(product)),
                (Step::Create { version } | Step::Change { version }, _) => version,
                (Step::Nothing, None) => return Err(StoreError::corrupt("a product without details").into()),
            };
            if !around.category_exists {
                return Err(PutProductError::UnknownCategory);
            }
            if !around.seller_exists {
                return Err(PutProductError::UnknownSeller);
            }
            let created_at = around.product.as_ref().map_or(now, |record| record.created_at);
            let record = ProductRecord::live(id, details.clone(), version, created_at, now);
            let claimed = around.product.map(|p| if p.details.is_some() { p.skus } else { Vec::new() });
            if self.write(&record, stored.seen(), &claimed.unwrap_or_default()).await? {
                let product = record.product().ok_or_else(|| StoreError::corrupt("a product without details"))?;
                return Ok(if matches!(step, Step::Create { .. }) {
                    Put::Created(product)
                } else {
                    Put::Changed(product)
                });
            }
            pause(attempt).await;
        }
        Err(StoreError::Busy("the product is being changed by others".to_owned()).into())
    }

    async fn surroundings(&self, id: &ProductId, details: &ProductDetails) -> Result<Surroundings, StoreError> {
        let product = Key::Product(id.clone()).to_string();
        let category = Key::Category(details.category_id.clone()).to_string();
        let seller = Key::Seller(details.seller_id.clone()).to_string();
        let keys = [[("pk", product.as_str())], [("pk", category.as_str())], [("pk", seller.as_str())]];
        let items = self.table.get_many(&keys, true).await?;
        let find = |key: &str| items.iter().find(|item| item.get("pk") == Some(&s(key)));
        Ok(Surroundings {
            product: find(&product).cloned().map(decode).transpose()?,
            category_exists: find(&category).is_some(),
            seller_exists: find(&seller).is_some(),
        })
    }

    /// Writes the product together with the claims of the SKUs that are new to it. False where
    /// somebody else was quicker.
    async fn write(&self, record: &ProductRecord, seen: Option<u64>, claimed: &[Sku]) -> Result<bool, PutProductError> {
        let claimed: HashSet<_> = claimed.iter().collect();
        let claims: Vec<_> = record.skus.iter().filter(|sku| !claimed.contains(sku)).collect();
        let unchanged = unchanged_since(seen);
        if claims.is_empty() {
            return Ok(self.table.put_if(record, unchanged).await?.is_written());
        }
        let free = attribute("pk").is_absent();
        let free_or_its_own = free.or(attribute("product_id").equals(s(record.product_id.as_str())));
        let mut transaction = Transaction::new().put_if(&self.table, record, unchanged);
        for sku in &claims {
            let claim = SkuClaim {
                pk: Key::Sku((*sku).clone()).to_string(),
                sku: (*sku).clone(),
                product_id: record.product_id.clone(),
            };
            transaction = transaction.put_if(&self.table, &claim, free_or_its_own.clone());
        }
        match transaction.commit(self.table.client()).await? {
            TransactionOutcome::Committed { .. } => Ok(true),
            TransactionOutcome::Refused(refusals) => match refusals.into_iter().skip(1).find_map(claim_of_another) {
                Some(claim) => {
                    let claim: SkuClaim = decode(claim)?;
                    Err(PutProductError::SkuTaken { sku: claim.sku, product_id: claim.product_id })
                }
                None => Ok(false),
            },
        }
    }
}

fn claim_of_another(refusal: Refusal) -> Option<Item> {
    match refusal {
        Refusal::Condition(item) => item,
        Refusal::None | Refusal::Contention => None,
    }
}
