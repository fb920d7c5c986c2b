use souk_domain::{flash_sale::FlashSaleStatus, ids::FlashSaleId};
use souk_dynamo::{StoreError, Transaction, attribute, s};

use super::{FlashSales, active::ActiveRecord, record::Part};

impl FlashSales {
    /// Takes a sale back whose units could not be had: it never was. Condition: it is still being
    /// prepared. True where it is gone now.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn withdraw(&self, sale_id: &FlashSaleId) -> Result<bool, StoreError> {
        let is_preparing = attribute("status").equals(s(FlashSaleStatus::Preparing.as_str()));
        let transaction = Transaction::new()
            .delete_if(&self.table, &Part::Room.key(sale_id), is_preparing)
            .delete(&self.table, &Part::Sale.key(sale_id))
            .delete(&self.table, &Part::Key.key(sale_id))
            .delete(&self.table, &ActiveRecord::key(sale_id));
        Ok(transaction.commit(self.table.client()).await?.is_committed())
    }
}
