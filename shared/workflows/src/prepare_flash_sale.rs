//! From a defined sale to one that waits for its opening: its units leave stock and lie in shards. The
//! operator's call and the sweeper that resumes one that died do the same; each step finds what an
//! earlier attempt has done.

use jiff::Timestamp;
use souk_domain::{
    flash_sale::{FlashSaleStatus, ShardPlan},
    stock::Shortage,
};
use souk_dynamo::StoreError;
use souk_flash_sales::{FlashSale, PreparedOutcome};
use souk_inventory::AllotOutcome;

use crate::flash_sale_stock::FlashSaleStock;

/// How preparing ended.
#[derive(Debug)]
pub(crate) enum Preparation {
    /// The sale waits for its opening, or is past that.
    Ready,
    /// There is too little stock.
    OutOfStock(Shortage),
    /// Others were in the way: try again.
    Busy,
    /// The sale was withdrawn meanwhile.
    Unknown,
}

impl FlashSaleStock {
    /// Prepares a sale, where it is not prepared yet.
    pub(crate) async fn prepare(&self, sale: &FlashSale, now: Timestamp) -> Result<Preparation, StoreError> {
        match self.sales.room(&sale.sale_id).await? {
            None => return Ok(Preparation::Unknown),
            Some(room) if room.status != FlashSaleStatus::Preparing => return Ok(Preparation::Ready),
            Some(_) => {}
        }
        let lines = match self.units.allot(&sale.sale_id, sale.terms.sku(), sale.terms.units(), now).await? {
            AllotOutcome::Allotted(lines) => lines,
            AllotOutcome::OutOfStock(shortage) => return Ok(Preparation::OutOfStock(shortage)),
            AllotOutcome::Busy => return Ok(Preparation::Busy),
        };
        let plan = ShardPlan::of(lines.into_iter().map(|line| (line.warehouse_id, line.quantity)));
        let created = self.shards.create(&sale.sale_id, &plan).await?;
        tracing::info!(sale_id = %sale.sale_id, units = plan.units(), shards = plan.count(), created = created.new, "a sale's units lie in shards");
        Ok(match self.sales.prepared(&sale.sale_id, &plan).await? {
            PreparedOutcome::Scheduled => Preparation::Ready,
            PreparedOutcome::Contention => Preparation::Busy,
            PreparedOutcome::Unknown => Preparation::Unknown,
        })
    }
}
