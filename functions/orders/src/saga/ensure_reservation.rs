//! Steps S0 and S1: where does the order stand, and are its units still held for it?

use jiff::Timestamp;
use souk_domain::{
    order::{CancelReason, FromCheckout, HeldBy, LineRows, Order, OrderStatus, Origin},
    payment::PaymentState,
    reservation::AttachOutcome,
    stock::{Holding, Wish},
};
use souk_dynamo::StoreError;
use souk_inventory::{ReservationBook, StockRows};
use souk_payments::PaymentRecords;
use souk_runtime::task::TaskError;
use souk_wiring::FromEnvironment;

use super::try_again;

/// What holds an order's units, and what is known of its money.
#[derive(Debug, FromEnvironment)]
pub struct EnsureReservation {
    reservations: ReservationBook,
    stock: StockRows,
    payments: PaymentRecords,
}

/// Where an order stands with its units.
pub(super) enum Standing {
    /// They are held, and it waits for its money.
    Held,
    /// It is CONFIRMED or later.
    Confirmed,
    /// It is CANCELLED.
    Cancelled,
    /// The units or the time are gone.
    Lost(CancelReason),
}

/// What is held of an order's units.
enum Ensured {
    All,
    Lost,
    NotNow,
}

impl EnsureReservation {
    /// Attaches the order to its reservation, which from then on is kept until `pay_by`; or finds what rows of stock hold,
    /// and holds what they do not. `now` was taken before the order was read.
    pub(super) async fn run(&self, order: &Order, now: Timestamp) -> Result<Standing, TaskError> {
        match order.status {
            OrderStatus::Confirmed | OrderStatus::Shipped | OrderStatus::Delivered => return Ok(Standing::Confirmed),
            OrderStatus::Cancelled => return Ok(Standing::Cancelled),
            OrderStatus::PendingPayment => {}
        }
        if order.payment_overdue(now)
            && let Some(reason) = self.ended_by(order).await?
        {
            return Ok(Standing::Lost(reason));
        }
        let Origin::Checkout(checkout) = &order.origin else {
            // A claim is held until its order is cancelled: there is nothing to attach.
            return Ok(Standing::Held);
        };
        let ensured = match &checkout.held_by {
            HeldBy::Reservation { reservation_id } => {
                match self.reservations.attach(reservation_id, &order.order_id, order.pay_by, now).await? {
                    // Committed by this order, though the order was read as pending: a confirming run was faster.
                    AttachOutcome::Attached | AttachOutcome::Committed => Ensured::All,
                    AttachOutcome::Released
                    | AttachOutcome::Expired
                    | AttachOutcome::OtherOrder(_)
                    | AttachOutcome::Absent => Ensured::Lost,
                }
            }
            HeldBy::Rows { rows } => hold(&self.stock, checkout, rows, now).await?,
        };
        match ensured {
            Ensured::All => Ok(Standing::Held),
            Ensured::Lost => Ok(Standing::Lost(CancelReason::ReservationLost)),
            Ensured::NotNow => Err(try_again(&order.order_id)),
        }
    }

    /// Why an order ends whose time to pay is over. A paid one is not cancelled by a clock, where nothing but the order
    /// itself gives its units away.
    async fn ended_by(&self, order: &Order) -> Result<Option<CancelReason>, StoreError> {
        if order.origin.checkout().is_none_or(|checkout| checkout.held_by.rows().is_none()) {
            return Ok(Some(CancelReason::PaymentExpired));
        }
        Ok(match self.payments.get(&order.order_id).await?.map(|record| record.state) {
            Some(state) if state.is_authorized() => None,
            Some(PaymentState::Declined) => Some(CancelReason::PaymentDeclined),
            _ => Some(CancelReason::PaymentExpired),
        })
    }
}

/// S1, row by row as the checkout asked them. What was taken as the time of each hold is older than the order's reading.
async fn hold(
    stock: &StockRows,
    checkout: &FromCheckout,
    lines: &[LineRows],
    now: Timestamp,
) -> Result<Ensured, StoreError> {
    for line in lines {
        let mut wanted = line.units;
        for (place, row) in line.keys().enumerate() {
            if wanted == 0 {
                break;
            }
            let is_left = place + 1 < line.rows.len();
            let wish = Wish { checkout_id: checkout.checkout_id.clone(), units: wanted, decided_at: now };
            match stock.ensure(&row, &wish, is_left, now).await?.map(|found| found.outcome) {
                Some(Holding::Held(units)) => wanted = wanted.saturating_sub(units),
                Some(Holding::BelowFloor | Holding::Full) => return Ok(Ensured::NotNow),
                Some(Holding::Marked | Holding::TooFew { .. } | Holding::NotHeld) => return Ok(Ensured::Lost),
                None if is_left => {}
                None => return Ok(Ensured::Lost),
            }
        }
        if wanted > 0 {
            return Ok(Ensured::Lost);
        }
    }
    Ok(Ensured::All)
}
