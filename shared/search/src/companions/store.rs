use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use souk_domain::ids::{OrderId, Sku};
use souk_dynamo::{Backoff, StoreError, Table, attribute, decode, n};
use souk_wiring::FromEnvironment;

use super::counts::Counts;

/// An order of more kinds of things is a shop's own, and says of each pair next to nothing.
const KINDS_MAX: usize = 10;
/// How many bytes of its digest tell an order from the fifty others of a SKU.
const DIGEST_BYTES: usize = 8;
const ATTEMPTS: u32 = 6;
const BACKOFF: Backoff = Backoff { base: Duration::from_millis(20), cap: Duration::from_millis(400) };

/// The table of companions: one item a SKU.
#[derive(Debug, Clone, FromEnvironment)]
pub struct Companions {
    #[variable("COMPANIONS_TABLE")]
    table: Table,
}

#[derive(Debug, Serialize, Deserialize)]
struct Record {
    sku: Sku,
    #[serde(flatten)]
    counts: Counts,
}

impl Companions {
    /// The companions in this table.
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// Counts an order's SKUs as companions of one another.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn count(&self, order_id: &OrderId, skus: &[Sku], now: Timestamp) -> Result<(), StoreError> {
        let mut skus: Vec<_> = skus.iter().collect();
        skus.sort_unstable();
        skus.dedup();
        if !(2..=KINDS_MAX).contains(&skus.len()) {
            return Ok(());
        }
        for sku in &skus {
            let others: Vec<_> = skus.iter().copied().filter(|other| other != sku).collect();
            self.count_one(sku, &digest(order_id, sku), &others, now).await?;
        }
        Ok(())
    }

    /// The SKUs that are often bought together with one of these, none of which is named twice, the most frequent
    /// first, eventually consistent.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of(&self, skus: &[Sku], now: Timestamp) -> Result<Vec<Sku>, StoreError> {
        let keys: Vec<_> = skus.iter().map(|sku| [("sku", sku.as_str())]).collect();
        let items = self.table.get_many(&keys, false).await?;
        let records = items.into_iter().map(decode).collect::<Result<Vec<Record>, _>>()?;
        let mut counted: BTreeMap<Sku, f64> = BTreeMap::new();
        for (other, count) in records.into_iter().flat_map(|record| record.counts.shown(now)) {
            *counted.entry(other).or_default() += count;
        }
        let mut counted: Vec<_> = counted.into_iter().filter(|(other, _)| !skus.contains(other)).collect();
        counted.sort_by(|(_, one), (_, other)| other.total_cmp(one));
        Ok(counted.into_iter().map(|(other, _)| other).collect())
    }

    async fn count_one(&self, sku: &Sku, order: &str, others: &[&Sku], now: Timestamp) -> Result<(), StoreError> {
        for attempt in 1..=ATTEMPTS {
            let record: Option<Record> = self.table.get(&[("sku", sku.as_str())]).await?;
            let unchanged = match &record {
                None => attribute("sku").is_absent(),
                Some(record) => attribute("version").equals(n(record.counts.version)),
            };
            let counts = record.map(|record| record.counts).unwrap_or_default();
            let Some(counts) = counts.with(order, others, now) else { return Ok(()) };
            if self.table.put_if(&Record { sku: sku.clone(), counts }, unchanged).await?.is_written() {
                return Ok(());
            }
            BACKOFF.pause(attempt).await;
        }
        Err(StoreError::Busy("a SKU's companions are being counted by others".to_owned()))
    }
}

/// Another one at each SKU, so that nobody finds an order's SKUs by it.
fn digest(order_id: &OrderId, sku: &Sku) -> String {
    let digest = Sha256::new().chain_update(order_id.as_str()).chain_update(b"/").chain_update(sku.as_str()).finalize();
    digest.iter().take(DIGEST_BYTES).map(|byte| format!("{byte:02x}")).collect()
}
