use jiff::Timestamp;
use souk_domain::{
    ids::OrderId,
    order::{Order, OrderStatus},
};
use souk_dynamo::{Outcome, StoreError, n, s};

use crate::Orders;

impl Orders {
    /// Marks a settled order unsettled again, so that the sweeper drives its saga until stock and money
    /// have followed its decision after all. The decision itself is not touched. Condition: this status,
    /// and settled. True where it was written.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn reopen(&self, order_id: &OrderId, status: OrderStatus, now: Timestamp) -> Result<bool, StoreError> {
        // The time to live goes: an order with work to do must not be deleted. The archive sets it anew.
        let update = self
            .table
            .update(&[("order_id", order_id.as_str())])
            .update_expression("SET unsettled = :shard, unsettled_since = :now REMOVE expires_at ADD version :one")
            .condition_expression("#status = :status AND attribute_not_exists(unsettled)")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":status", s(status.as_str()))
            .expression_attribute_values(":shard", s(Order::sweep_shard(order_id)))
            .expression_attribute_values(":now", n(now.as_millisecond()))
            .expression_attribute_values(":one", n(1));
        Ok(matches!(self.table.write(update).await?, Outcome::Written(_)))
    }
}
