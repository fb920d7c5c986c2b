use souk_domain::{
    order::{Order, OrderLine, Origin},
    stock::Allocation,
};
use souk_dynamo::StoreError;
use souk_inventory::ReservationBook;
use souk_wiring::FromEnvironment;

/// Which of an order's units leave from where: the reservations say, and of a flash sale's order it says itself.
#[derive(Debug, FromEnvironment)]
pub(crate) struct Allocations {
    reservations: ReservationBook,
}

impl Allocations {
    /// Those of the given reservations.
    pub(crate) fn new(reservations: ReservationBook) -> Self {
        Self { reservations }
    }

    /// An order's.
    ///
    /// # Errors
    /// [`StoreError`]; also where the order has no reservation, which is impossible.
    pub(crate) async fn of(&self, order: &Order) -> Result<Vec<Allocation>, StoreError> {
        match &order.origin {
            Origin::Checkout(checkout) => {
                let reservation = self.reservations.get(&checkout.reservation_id).await?;
                let reservation = reservation
                    .ok_or_else(|| StoreError::corrupt(format!("order {} has no reservation", order.order_id)))?;
                Ok(reservation.lines)
            }
            Origin::FlashSale(sale) => {
                let allocation = |line: &OrderLine| Allocation {
                    sku: line.sku.clone(),
                    warehouse_id: sale.warehouse_id.clone(),
                    quantity: line.quantity.get(),
                };
                Ok(order.lines.iter().map(allocation).collect())
            }
        }
    }
}
