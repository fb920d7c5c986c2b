use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use souk_domain::ids::{CategoryId, ProductId, Sku};
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
    /// Categories, collections or a seller that it names and that do not exist.
    #[error("{} of the things that it names do not exist", .0.len())]
    Unknown(Vec<Violation>),
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
    /// What it names that does not exist.
    unknown: Vec<Violation>,
}

impl Catalog {
    /// Creates or changes a product.
    ///
    /// Categories, collections and seller are looked up, not put under a condition of the write: none can be
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
            if !around.unknown.is_empty() {
                return Err(PutProductError::Unknown(around.unknown));
            }
            let created_at = around.product.as_ref().map_or(now, |record| record.created_at);
            let record = ProductRecord::live(id, details.clone(), version, created_at, now);
            if self.write(&record, stored.seen(), around.product.as_ref()).await? {
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
        let named = named(details);
        let keys: BTreeSet<_> = named.iter().map(|(key, ..)| key.as_str()).chain([product.as_str()]).collect();
        let keys: Vec<_> = keys.into_iter().map(|key| [("pk", key)]).collect();
        let items = self.table.get_many(&keys, true).await?;
        let mut items: HashMap<_, _> = items.into_iter().map(|item| (key_of(&item), item)).collect();
        let product = items.remove(&product).map(decode).transpose()?;
        let missing = named.into_iter().filter(|(key, ..)| !items.contains_key(key));
        let unknown = missing.map(|(_, field, what)| Violation {
            field,
            reason: format!("There is no such {what}."),
            semantic: true,
        });
        Ok(Surroundings { product, unknown: unknown.collect() })
    }

    /// Writes the product together with the claims of the SKUs and with the places that are new to it. False where
    /// somebody else was quicker.
    async fn write(
        &self,
        record: &ProductRecord,
        seen: Option<u64>,
        before: Option<&ProductRecord>,
    ) -> Result<bool, PutProductError> {
        let claimed: HashSet<_> =
            before.into_iter().filter(|before| before.details.is_some()).flat_map(|before| &before.skus).collect();
        let claims: Vec<_> = record.skus.iter().filter(|sku| !claimed.contains(sku)).collect();
        let (stood, stands) = (before.map(ProductRecord::places).unwrap_or_default(), record.places());
        let unchanged = unchanged_since(seen);
        if claims.is_empty() && stood == stands {
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
        let transaction = self.moved(transaction, &record.product_id, &stood, &stands);
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

/// What a product names that has to exist: its key, the field, and what it is.
fn named(details: &ProductDetails) -> Vec<(String, String, &'static str)> {
    let category = |id: &CategoryId| Key::Category(id.clone()).to_string();
    let mut named = vec![
        (category(&details.category_id), "category_id".to_owned(), "category"),
        (Key::Seller(details.seller_id.clone()).to_string(), "seller_id".to_owned(), "seller"),
    ];
    for (index, id) in details.further_category_ids.iter().enumerate() {
        named.push((category(id), format!("further_category_ids[{index}]"), "category"));
    }
    for (index, id) in details.collection_ids.iter().enumerate() {
        let key = Key::Collection(id.clone()).to_string();
        named.push((key, format!("collection_ids[{index}]"), "collection"));
    }
    named
}

fn key_of(item: &Item) -> String {
    item.get("pk").and_then(|key| key.as_s().ok()).cloned().unwrap_or_default()
}

fn claim_of_another(refusal: Refusal) -> Option<Item> {
    match refusal {
        Refusal::Condition(item) => item,
        Refusal::None | Refusal::Contention => None,
    }
}
