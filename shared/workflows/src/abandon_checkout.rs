//! A shopper gives a checkout up, and its units are for sale again at once.

use souk_domain::{
    ids::{CheckoutId, UserId},
    reservation::AbandonOutcome,
};
use souk_dynamo::StoreError;
use souk_inventory::{Reservations, StockRows};
use souk_orders::{Checkouts, CloseOutcome, CloseReason};
use souk_wiring::{Call, FromEnvironment};

use crate::holds::release_closed;

/// Checkouts, and what holds their units.
#[derive(Debug, FromEnvironment)]
pub struct AbandonCheckout {
    checkouts: Checkouts,
    reservations: Reservations,
    rows: StockRows,
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Outcome {
    /// Nothing is held, now or before.
    Abandoned,
    /// An order has consumed it.
    Ordered,
    /// There is none, or it is another user's.
    Unknown,
}

impl AbandonCheckout {
    /// Gives the checkout up, then releases its units; repeating it changes nothing.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown.
    pub async fn run(&self, checkout_id: &CheckoutId, user_id: &UserId, call: &Call) -> Result<Outcome, StoreError> {
        let Some(checkout) = self.checkouts.of_user(checkout_id, user_id).await? else { return Ok(Outcome::Unknown) };
        let Some(reservation_id) = checkout.held_by.reservation() else {
            // T1, T2.
            let closed = self.checkouts.close(checkout_id, CloseReason::Abandoned, call.now).await?;
            let CloseOutcome::Closed(closed) = closed else { return Ok(Outcome::Ordered) };
            release_closed(&self.rows, &closed, call.now).await?;
            return Ok(Outcome::Abandoned);
        };
        // First the checkout, so that no order can be placed on it any more; then the units.
        if !self.checkouts.abandon(checkout_id).await? {
            return Ok(Outcome::Ordered);
        }
        Ok(match self.reservations.release_abandoned(reservation_id, call.now).await? {
            AbandonOutcome::Released | AbandonOutcome::Absent => Outcome::Abandoned,
            AbandonOutcome::Ordered(_) => Outcome::Ordered,
        })
    }
}
