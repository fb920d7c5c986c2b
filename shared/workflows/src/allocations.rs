use souk_domain::{
    order::{HeldBy, Order, OrderLine, OrderStatus, Origin},
    stock::{Allocation, Demand, RowUnits},
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

    /// A confirmed order's, all of them; none where the order says itself what leaves from where, or is not confirmed. What
    /// was confirmed when it was read is not anything else later that could leave, so these are its units for good.
    ///
    /// # Errors
    /// [`StoreError`]: also where the order was settled since it was read and its rows have forgotten it, so that it is to
    /// be read again; and where it has no reservation, which is impossible.
    pub(crate) async fn unless_laid_out(&self, order: &Order) -> Result<Vec<Allocation>, StoreError> {
        match order.status == OrderStatus::Confirmed && order.shipments.is_empty() {
            true => self.of(order).await,
            false => Ok(Vec::new()),
        }
    }

    async fn of(&self, order: &Order) -> Result<Vec<Allocation>, StoreError> {
        match &order.origin {
            Origin::Checkout(checkout) => {
                let reservation_id = match &checkout.held_by {
                    _ if !order.stock.units.is_empty() => return Ok(RowUnits::by_warehouse(&order.stock.units)),
                    HeldBy::Reservation { reservation_id } => reservation_id,
                    HeldBy::Rows { rows } => {
                        let units = remembered(&self.rows, &checkout.checkout_id, rows).await?;
                        if !are_all(&units, order) {
                            return Err(StoreError::Busy("an order was settled while it was read".to_owned()));
                        }
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

/// True where these are as many units of each SKU as the order has.
fn are_all(units: &[RowUnits], order: &Order) -> bool {
    let found = Demand::of_lines(units.iter().map(|found| (&found.row.sku, found.quantity)));
    found == Demand::of_lines(order.lines.iter().map(|line| (&line.sku, line.quantity)))
}
