use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use souk_domain::ids::FlashSaleId;
use souk_dynamo::{StoreError, Update, attribute, n};

use super::FlashSales;

/// The partition that lists the sales. No sale id begins so.
const ACTIVE: &str = "#active";

/// A sale that still needs looking after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActiveFlashSale {
    /// Which sale.
    pub sale_id: FlashSaleId,
    /// All claims before this second have been judged by the sweeper.
    pub swept_until: Timestamp,
}

/// One of them. Few sales exist at a time, so one partition lists them.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ActiveRecord {
    sale_id: String,
    part: FlashSaleId,
    /// Seconds of the Unix epoch.
    #[serde(default)]
    swept: i64,
}

impl ActiveRecord {
    pub(super) fn key(sale_id: &FlashSaleId) -> [(&'static str, &str); 2] {
        [("sale_id", ACTIVE), ("part", sale_id.as_str())]
    }

    pub(super) fn of(sale_id: &FlashSaleId) -> Self {
        Self { sale_id: ACTIVE.to_owned(), part: sale_id.clone(), swept: 0 }
    }
}

impl FlashSales {
    /// The sales that still need looking after: all that were defined and not retired.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn active(&self) -> Result<Vec<ActiveFlashSale>, StoreError> {
        let records: Vec<ActiveRecord> = self.table.partition("sale_id", ACTIVE).await?;
        let sale = |record: ActiveRecord| {
            let swept_until = Timestamp::from_second(record.swept).map_err(StoreError::corrupt)?;
            Ok(ActiveFlashSale { sale_id: record.part, swept_until })
        };
        records.into_iter().map(sale).collect()
    }

    /// Keeps until when a sale's claims have been judged, so that the next sweep begins there.
    /// Condition: the sale is on the list, and no later time was kept.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn swept(&self, sale_id: &FlashSaleId, until: Timestamp) -> Result<(), StoreError> {
        let update = Update::new()
            .set("swept", n(until.as_second()))
            .when(attribute("sale_id").exists())
            .when(attribute("swept").is_below(n(until.as_second())));
        let _kept_or_known = self.table.update(&ActiveRecord::key(sale_id), update).await?;
        Ok(())
    }

    /// Takes a sale off that list: it is closed, no claim waits for its order, and no message of it can
    /// arrive any more. The sale itself stays.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn retire(&self, sale_id: &FlashSaleId) -> Result<(), StoreError> {
        self.table.delete(&ActiveRecord::key(sale_id)).await
    }
}
