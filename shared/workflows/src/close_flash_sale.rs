//! Ending a sale: its shards are fenced, one by one, and what is left in them goes back to stock. The
//! operator's call and the sweeper, also for a sale that ended by itself, do the same.

use std::collections::BTreeMap;

use jiff::Timestamp;
use souk_domain::{flash_sale::FlashSaleEvent, ids::FlashSaleId};
use souk_dynamo::StoreError;
use souk_flash_sales::{FlashSale, TransitionOutcome};
use souk_inventory::GivenBack;
use souk_wiring::Call;

use crate::flash_sale_stock::FlashSaleStock;

impl FlashSaleStock {
    /// Closes a sale for good: who has claimed keeps their unit. Repeating it changes nothing.
    ///
    /// # Errors
    /// [`StoreError`]: what died half-way, the sweeper finishes.
    pub async fn close(&self, sale_id: &FlashSaleId, call: &Call) -> Result<TransitionOutcome, StoreError> {
        let outcome = self.sales.transition(sale_id, FlashSaleEvent::Close, call.now).await?;
        let (TransitionOutcome::Done(_) | TransitionOutcome::Already(_)) = &outcome else { return Ok(outcome) };
        let sale = self.sales.get(sale_id).await?;
        let sale = sale.ok_or_else(|| StoreError::corrupt(format!("sale {sale_id} has a room and no terms")))?;
        self.finish_closing(&sale, call.now).await
    }

    /// Closes all shards of a sale that is CLOSING, credits stock, and settles the sale.
    pub(crate) async fn finish_closing(
        &self,
        sale: &FlashSale,
        now: Timestamp,
    ) -> Result<TransitionOutcome, StoreError> {
        let fenced = self.shards.close_all(&sale.sale_id, sale.shard_count()).await?;
        let credited = self.credit(sale, now).await?;
        tracing::info!(sale_id = %sale.sale_id, fenced, credited, "a sale's shards are closed");
        self.sales.transition(&sale.sale_id, FlashSaleEvent::Settle, now).await
    }

    /// Tells stock what the shards have given back since the beginning; returns how many units were new.
    pub(crate) async fn credit(&self, sale: &FlashSale, now: Timestamp) -> Result<u32, StoreError> {
        let drained = self.shards.drained(&sale.sale_id, sale.shard_count()).await?;
        let given_back: BTreeMap<u32, GivenBack> = drained
            .into_iter()
            .map(|(number, shard)| (number, GivenBack { warehouse_id: shard.warehouse_id, returned: shard.drained }))
            .collect();
        self.units.credit(&sale.sale_id, &given_back, now).await
    }
}
