use souk_domain::{ids::SaleId, sale::SaleStatus};
use souk_dynamo::{StoreError, Transaction, TransactionOutcome, s};

use super::{Sales, active::ActiveRecord, record::Part};

impl Sales {
    /// Takes a sale back whose units could not be had: it never was. Condition: it is still being
    /// prepared. True where it is gone now.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn withdraw(&self, sale_id: &SaleId) -> Result<bool, StoreError> {
        let transaction = Transaction::new()
            .delete(&self.table, &Part::Room.key(sale_id), |delete| {
                delete
                    .condition_expression("#status = :preparing")
                    .expression_attribute_names("#status", "status")
                    .expression_attribute_values(":preparing", s(SaleStatus::Preparing.as_str()))
            })?
            .delete(&self.table, &Part::Sale.key(sale_id), |delete| delete)?
            .delete(&self.table, &Part::Key.key(sale_id), |delete| delete)?
            .delete(&self.table, &ActiveRecord::key(sale_id), |delete| delete)?;
        let outcome = transaction.commit(self.table.client()).await?;
        Ok(matches!(outcome, TransactionOutcome::Committed { .. }))
    }
}
