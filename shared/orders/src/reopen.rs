use jiff::Timestamp;
use souk_domain::{ids::OrderId, order::OrderStatus};
use souk_dynamo::{StoreError, Update, attribute, n};

use crate::{Orders, decisions::status_is_one_of, record::mark_unsettled};

impl Orders {
    /// Marks a settled order unsettled again, so that the sweeper drives its saga until stock and money
    /// have followed its decision after all. The decision itself is not touched. Condition: this status,
    /// and settled. True where it was written.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn reopen(&self, order_id: &OrderId, status: OrderStatus, now: Timestamp) -> Result<bool, StoreError> {
        // The time to live goes: an order with work to do must not be deleted. The archive sets it anew.
        let update = mark_unsettled(Update::new(), order_id, now)
            .remove("expires_at")
            .add("version", n(1))
            .when(status_is_one_of([status]))
            .when(attribute("unsettled").is_absent());
        Ok(self.table.update(&[("order_id", order_id.as_str())], update).await?.is_written())
    }
}
