use std::collections::BTreeSet;

use jiff::Timestamp;
use souk_domain::ids::ProductId;
use souk_dynamo::{StoreError, Transaction};

use super::ProductRecord;
use crate::{
    Catalog, Key, PreconditionFailure,
    store::{ATTEMPTS, pause, unchanged_since},
};

/// Why a product was not deleted.
#[derive(Debug, thiserror::Error)]
pub enum DeleteProductError {
    /// There is no such product.
    #[error("the product does not exist")]
    NotFound,
    /// The caller has not seen what they would delete.
    #[error(transparent)]
    Precondition(#[from] PreconditionFailure),
    /// The table did not answer or is too busy.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Catalog {
    /// Takes a product out of the catalog. A tombstone stays, which keeps its version and its SKUs.
    ///
    /// # Errors
    /// [`DeleteProductError`]; then nothing was written.
    pub async fn delete_product(
        &self,
        id: &ProductId,
        if_match: Option<u64>,
        now: Timestamp,
    ) -> Result<(), DeleteProductError> {
        for attempt in 0..ATTEMPTS {
            let key = Key::Product(id.clone()).to_string();
            let record: ProductRecord = self.table.get(&[("pk", &key)]).await?.ok_or(DeleteProductError::NotFound)?;
            if record.details.is_none() {
                return Err(DeleteProductError::NotFound);
            }
            let present = record.version;
            match if_match {
                None => return Err(PreconditionFailure::Missing { present }.into()),
                Some(seen) if seen != present => return Err(PreconditionFailure::Stale { present }.into()),
                Some(_) => {}
            }
            let (unchanged, stood) = (unchanged_since(Some(present)), record.places());
            let tombstone = record.tombstone(now);
            let written = if stood.is_empty() {
                self.table.put_if(&tombstone, unchanged).await?.is_written()
            } else {
                let transaction = Transaction::new().put_if(&self.table, &tombstone, unchanged);
                let transaction = self.moved(transaction, id, &stood, &BTreeSet::new());
                transaction.commit(self.table.client()).await?.is_committed()
            };
            if written {
                return Ok(());
            }
            pause(attempt).await;
        }
        Err(StoreError::Busy("the product is being changed by others".to_owned()).into())
    }
}
