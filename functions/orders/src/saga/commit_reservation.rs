//! Step S4: the confirmed order's units leave the stock's numbers.

use jiff::Timestamp;
use souk_domain::{
    order::{FromCheckout, HeldBy, LineRows, Order, Origin},
    reservation::CommitOutcome,
    stock::{RowUnits, Selling},
};
use souk_dynamo::StoreError;
use souk_inventory::{Reservations, StockRows};
use souk_wiring::FromEnvironment;

/// What holds an order's units.
#[derive(Debug, FromEnvironment)]
pub struct CommitReservation {
    reservations: Reservations,
    stock: StockRows,
}

/// What became of a confirmed order's units.
pub(super) enum Committed {
    /// They have left, as its reservation or its sale knows.
    Left,
    /// Rows of stock have sold these, as far as they remember.
    Sold(Vec<RowUnits>),
    /// They were released: the order must have been cancelled.
    Released,
}

impl CommitReservation {
    /// Commits the reservation, or sells what rows hold.
    pub(super) async fn run(&self, order: &Order, now: Timestamp) -> Result<Committed, StoreError> {
        let Origin::Checkout(checkout) = &order.origin else {
            // A sale's units left the stock's numbers when the sale was defined.
            return Ok(Committed::Left);
        };
        match &checkout.held_by {
            HeldBy::Reservation { reservation_id } => {
                match self.reservations.commit(reservation_id, &order.order_id, now).await? {
                    CommitOutcome::Committed => Ok(Committed::Left),
                    _ => Ok(Committed::Released),
                }
            }
            HeldBy::Rows { rows } => self.sell(checkout, rows, now).await,
        }
    }

    /// Every row sells what it holds for the order, unless it has, until one says that it had released it.
    async fn sell(&self, checkout: &FromCheckout, lines: &[LineRows], now: Timestamp) -> Result<Committed, StoreError> {
        let mut sold = Vec::new();
        for line in lines {
            for (row, believed) in line.believed() {
                let found = self.stock.sell(&row, &checkout.checkout_id, believed, now).await?;
                match found.map(|found| found.outcome) {
                    Some(Selling::Sold(quantity)) if quantity > 0 => sold.push(RowUnits { row, quantity }),
                    Some(Selling::Sold(_) | Selling::Forgotten) | None => {}
                    Some(Selling::Released) => return Ok(Committed::Released),
                }
            }
        }
        Ok(Committed::Sold(sold))
    }
}
