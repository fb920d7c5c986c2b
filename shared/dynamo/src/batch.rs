use std::time::Duration;

use aws_sdk_dynamodb::types::KeysAndAttributes;
use serde::de::DeserializeOwned;

use crate::{Backoff, Item, StoreError, Table, decode, table::key_of};

/// The most keys of one BatchGetItem.
const BATCH: usize = 100;
/// How often keys that DynamoDB left over are asked for again.
const ATTEMPTS: u32 = 6;
const BACKOFF: Backoff = Backoff { base: Duration::from_millis(20), cap: Duration::from_millis(400) };

impl Table {
    /// Reads many items by their keys. Absent ones are left out, the order is DynamoDB's, and no key
    /// may occur twice. Decisions need `consistent`; without it the price is half.
    ///
    /// # Errors
    /// [`StoreError::Busy`] where keys are still unprocessed after several attempts.
    pub async fn get_many<'k, K: AsRef<[(&'k str, &'k str)]>>(
        &self,
        keys: &[K],
        consistent: bool,
    ) -> Result<Vec<Item>, StoreError> {
        let mut found = Vec::with_capacity(keys.len());
        for chunk in keys.chunks(BATCH) {
            let keys = chunk.iter().map(|key| key_of(key.as_ref())).collect();
            self.get_chunk(keys, consistent, &mut found).await?;
        }
        Ok(found)
    }

    /// Reads many items by their keys, strongly consistent, as [`Table::get_many`] does, each as a `T`.
    ///
    /// # Errors
    /// [`StoreError::Busy`] where keys are still unprocessed after several attempts.
    pub async fn read_many<'k, T: DeserializeOwned, K: AsRef<[(&'k str, &'k str)]>>(
        &self,
        keys: &[K],
    ) -> Result<Vec<T>, StoreError> {
        self.get_many(keys, true).await?.into_iter().map(decode).collect()
    }

    async fn get_chunk(&self, mut keys: Vec<Item>, consistent: bool, found: &mut Vec<Item>) -> Result<(), StoreError> {
        for attempt in 1..=ATTEMPTS {
            let wanted = KeysAndAttributes::builder()
                .set_keys(Some(keys))
                .consistent_read(consistent)
                .build()
                .map_err(StoreError::corrupt)?;
            let request = self.client().batch_get_item().request_items(self.name(), wanted);
            let answer = request.send().await.map_err(StoreError::from_sdk)?;
            found.extend(answer.responses.into_iter().flat_map(|mut tables| tables.remove(self.name())).flatten());
            keys = answer
                .unprocessed_keys
                .and_then(|mut tables| tables.remove(self.name()))
                .map(|left| left.keys)
                .unwrap_or_default();
            if keys.is_empty() {
                return Ok(());
            }
            BACKOFF.pause(attempt).await;
        }
        Err(StoreError::Busy(format!("{} keys of {} were left unprocessed", keys.len(), self.name())))
    }
}
