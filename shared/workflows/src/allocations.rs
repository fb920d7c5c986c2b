use souk_domain::{
    order::{HeldBy, Order, OrderLine, Origin},
    stock::{Allocation, RowUnits},
};
use souk_dynamo::StoreError;
use souk_inventory::{ReservationBook, StockRows};
use souk_wiring::FromEnvironment;

use crate::holds::remembered;

/// Which of an order's units leave from where: the reservations say, or the rows of stock until the order says it; and
/// of a flash sale's order it says itself.
#[derive(Debug, FromEnvironment)]
pub(crate) struct Allocations {
    reservations: ReservationBook,
    rows: StockRows,
}

impl Allocations {
    /// Those of the given reservations and rows.
    pub(crate) fn new(reservations: ReservationBook, rows: StockRows) -> Self {
        Self { reservations, rows }
    }

    /// An order's.
    ///
    /// # Errors
    /// [`StoreError`]; also where the order has no reservation, which is impossible.
    pub(crate) async fn of(&self, order: &Order) -> Result<Vec<Allocation>, StoreError> {
        match &order.origin {
            Origin::Checkout(checkout) => {
                let reservation_id = match &checkout.held_by {
                    _ if !order.stock.units.is_empty() => return Ok(RowUnits::by_warehouse(&order.stock.units)),
                    HeldBy::Reservation { reservation_id } => reservation_id,
                    HeldBy::Rows { rows } => {
                        let units = remembered(&self.rows, &checkout.checkout_id, rows).await?;
                        return Ok(RowUnits::by_warehouse(&units));
                    }
                };
                let reservation = self.reservations.get(reservation_id).await?;
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
