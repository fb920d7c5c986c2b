use serde::{Deserialize, Serialize};
use souk_domain::ids::SaleId;
use souk_dynamo::StoreError;

use super::Sales;

/// The partition that lists the sales. No sale id begins so.
const ACTIVE: &str = "#active";

/// A sale that still needs looking after. Few sales exist at a time, so one partition lists them.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ActiveRecord {
    sale_id: String,
    part: SaleId,
}

impl ActiveRecord {
    pub(super) fn of(sale_id: &SaleId) -> Self {
        Self { sale_id: ACTIVE.to_owned(), part: sale_id.clone() }
    }
}

impl Sales {
    /// The sales that still need looking after: all that were defined and not retired.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn active(&self) -> Result<Vec<SaleId>, StoreError> {
        let records: Vec<ActiveRecord> = self.table.partition("sale_id", ACTIVE).await?;
        Ok(records.into_iter().map(|record| record.part).collect())
    }

    /// Takes a sale off that list: it is closed, no claim waits for its order, and no message of it can
    /// arrive any more. The sale itself stays.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn retire(&self, sale_id: &SaleId) -> Result<(), StoreError> {
        let call = self.table.delete(&[("sale_id", ACTIVE), ("part", sale_id.as_str())]);
        call.send().await.map_err(StoreError::from_sdk)?;
        Ok(())
    }
}
