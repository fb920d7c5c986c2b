use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use souk_domain::ids::{CategoryId, ProductId, Sku};
use souk_dynamo::{Item, Refusal, StoreError, Transaction, TransactionOutcome, attribute, decode, s};

use super::{Definitions, Product, ProductDetails, ProductRecord};
use crate::{
    Catalog, CategoryRecord, Key, PreconditionFailure, Put, Violation,
    category::DEPTH_MAX,
    precondition::{Step, step},
    store::{ATTEMPTS, pause, unchanged_since},
};

/// Why a product was not put.
#[derive(Debug, thiserror::Error)]
pub enum PutProductError {
    /// Fields out of their limits, or attributes that its category wants otherwise.
    #[error("{} fields are not as they must be", .0.len())]
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
    /// What its main category and those above it say of its attributes.
    definitions: Definitions,
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
            let fitted = around.definitions.fit(&details);
            // What is there already, and was put before its category wanted it otherwise, may be put again.
            let stored = ProductRecord::stored(around.product.as_ref(), fitted.as_ref().unwrap_or(&details));
            let step = step(stored, if_match)?;
            let version = match (step, around.product.clone().and_then(ProductRecord::product)) {
                (Step::Nothing, Some(product)) => return Ok(Put::Unchanged(product)),
                (Step::Create { version } | Step::Change { version }, _) => version,
                (Step::Nothing, None) => return Err(StoreError::corrupt("a product without details").into()),
            };
            if !around.unknown.is_empty() {
                return Err(PutProductError::Unknown(around.unknown));
            }
            let details = fitted.map_err(PutProductError::Invalid)?;
            let created_at = around.product.as_ref().map_or(now, |record| record.created_at);
            let record = ProductRecord::live(id, details, version, created_at, now);
            if self.write(&record, stored.seen(), around.product.as_ref()).await? {
                let product = record.product().ok_or_else(|| StoreError::corrupt("a product without details"))?;
                return Ok(Put::written(matches!(step, Step::Create { .. }), product));
            }
            pause(attempt).await;
        }
        Err(StoreError::Busy("the product is being changed by others".to_owned()).into())
    }

    async fn surroundings(&self, id: &ProductId, details: &ProductDetails) -> Result<Surroundings, StoreError> {
        let product = Key::Product(id.clone()).to_string();
        let named = named(details);
        let above = self.ways.above(&details.category_id);
        let above: Vec<_> = above.into_iter().map(|id| Key::Category(id).to_string()).collect();
        let asked = named.iter().map(|(key, ..)| key).chain(&above).chain([&product]);
        let keys: BTreeSet<_> = asked.map(String::as_str).collect();
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
        let unknown = unknown.collect();
        let definitions = self.definitions(&details.category_id, items).await?;
        Ok(Surroundings { product, unknown, definitions })
    }

    /// What a category and those above it say of attributes. Of these items some were read because the way was thought
    /// to lead over them; where it does not, it is read on.
    async fn definitions(&self, id: &CategoryId, mut read: HashMap<String, Item>) -> Result<Definitions, StoreError> {
        let mut definitions = Definitions::default();
        let mut next = Some(id.clone());
        for _ in 0..=DEPTH_MAX {
            let Some(id) = next else { break };
            let key = Key::Category(id.clone()).to_string();
            let found: Option<CategoryRecord> = match read.remove(&key) {
                Some(item) => Some(decode(item)?),
                None => self.table.get(&[("pk", &key)]).await?,
            };
            let Some(CategoryRecord { parent_id, attributes, .. }) = found else { break };
            self.ways.learn(&id, parent_id.as_ref());
            definitions.add(attributes);
            next = parent_id;
        }
        Ok(definitions)
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
