//! The flash sales that are not over, shard by shard.

use souk_dynamo::StoreError;

use super::{Audit, Report};

impl Audit {
    /// Exact also while they sell: there is nothing to look at twice.
    pub(super) async fn audit_sales(&self, report: &mut Report) -> Result<(), StoreError> {
        for active in self.sales.active().await? {
            let Some(sale) = self.sales.get(&active.sale_id).await? else { continue };
            report.violations.extend(self.shards.audit(&sale).await?);
            report.checked.shards += sale.shard_count();
        }
        Ok(())
    }
}
