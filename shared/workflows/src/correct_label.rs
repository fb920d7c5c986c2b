//! A parcel bore a wrong label: its carrier or its tracking number is corrected, before it leaves or after. What it
//! said is kept, and the order's event tells the shopper.

use souk_domain::{
    ids::{OrderId, WarehouseId},
    order::{Label, Order, ShippingRefusal},
};
use souk_dynamo::StoreError;
use souk_orders::{Orders, ReviseOutcome};
use souk_wiring::{Call, FromEnvironment};

/// The orders.
#[derive(Debug, FromEnvironment)]
pub struct CorrectLabel {
    orders: Orders,
}

impl CorrectLabel {
    /// Corrects the label of a warehouse's parcel of this number, from 1. Repeating it changes nothing.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn run(
        &self,
        order_id: &OrderId,
        (warehouse_id, number): (&WarehouseId, u32),
        label: &Label,
        call: &Call,
    ) -> Result<ReviseOutcome<ShippingRefusal>, StoreError> {
        let rule = |order: &mut Order| order.relabel(warehouse_id, number, label.clone(), call.now);
        self.orders.revise(order_id, rule).await
    }
}
