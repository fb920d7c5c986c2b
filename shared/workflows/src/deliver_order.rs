//! Parcels arrive: one by one, or all that are left of an order.

use souk_domain::{
    ids::{OrderId, WarehouseId},
    order::{Actor, InvalidTransition, Order, ShippingRefusal},
};
use souk_dynamo::StoreError;
use souk_orders::{Orders, ReviseOutcome};
use souk_wiring::{Call, FromEnvironment};

/// The orders.
#[derive(Debug, FromEnvironment)]
pub struct DeliverOrder {
    pub(crate) orders: Orders,
}

impl DeliverOrder {
    /// All of a shipped order's parcels have arrived. Repeating it changes nothing.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn run(
        &self,
        order_id: &OrderId,
        by: Actor,
        call: &Call,
    ) -> Result<ReviseOutcome<InvalidTransition>, StoreError> {
        self.orders.revise(order_id, |order| order.deliver(by, call.now)).await
    }

    /// A warehouse's parcel of this number, from 1, has arrived; with the last one, the order is delivered. Repeating
    /// it changes nothing.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn parcel(
        &self,
        order_id: &OrderId,
        (warehouse_id, number): (&WarehouseId, u32),
        call: &Call,
    ) -> Result<ReviseOutcome<ShippingRefusal>, StoreError> {
        let rule = |order: &mut Order| order.deliver_parcel(warehouse_id, number, call.now);
        self.orders.revise(order_id, rule).await
    }
}
