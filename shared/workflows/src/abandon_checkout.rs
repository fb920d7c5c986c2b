//! A shopper gives a checkout up, and its units are for sale again at once.

use souk_domain::{
    ids::{CheckoutId, UserId},
    reservation::AbandonOutcome,
};
use souk_dynamo::StoreError;
use souk_inventory::Reservations;
use souk_orders::Checkouts;
use souk_wiring::{Call, FromEnvironment};

/// Checkouts and reservations.
#[derive(Debug, FromEnvironment)]
pub struct AbandonCheckout {
    checkouts: Checkouts,
    reservations: Reservations,
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
    /// Gives the checkout up, then releases its reservation; repeating it changes nothing.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown.
    pub async fn run(&self, checkout_id: &CheckoutId, user_id: &UserId, call: &Call) -> Result<Outcome, StoreError> {
        let Some(checkout) = self.checkouts.of_user(checkout_id, user_id).await? else { return Ok(Outcome::Unknown) };
        // First the checkout, so that no order can be placed on it any more; then the units.
        if !self.checkouts.abandon(checkout_id).await? {
            return Ok(Outcome::Ordered);
        }
        Ok(match self.reservations.release_abandoned(&checkout.reservation_id, call.now).await? {
            AbandonOutcome::Released | AbandonOutcome::Absent => Outcome::Abandoned,
            AbandonOutcome::Ordered(_) => Outcome::Ordered,
        })
    }
}
