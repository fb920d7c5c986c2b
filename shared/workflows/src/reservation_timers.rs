//! The timer of a reservation, or of a checkout that holds its units in rows of stock: a delayed message that comes when its time should be over.

use jiff::Timestamp;
use souk_domain::{
    ids::{CheckoutId, ReservationId},
    reservation::timer_delay,
};
use souk_events::inventory::ReservationTimer;
use souk_wiring::{FromEnvironment, SendError, Sender};

/// The queue whose delayed messages are the reservations' timers.
#[derive(Debug, Clone, FromEnvironment)]
pub struct ReservationTimers(#[variable("RESERVATION_TIMERS_URL")] Sender);

impl ReservationTimers {
    /// Sends the message that comes when the reservation's time is over, or after the longest delay
    /// that SQS has: then it is started again.
    ///
    /// # Errors
    /// [`SendError`]: the sweeper makes up for a timer that was not started.
    pub async fn start(
        &self,
        reservation_id: &ReservationId,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), SendError> {
        let timer = ReservationTimer::Reservation { reservation_id: reservation_id.clone() };
        self.0.send(&timer, timer_delay(expires_at, now)).await
    }

    /// Sends the message that comes when the checkout's time is over.
    ///
    /// # Errors
    /// [`SendError`]: nobody makes up for it, so nothing may be held by a checkout whose timer was not started.
    pub async fn start_checkout(
        &self,
        checkout_id: &CheckoutId,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), SendError> {
        self.restart_checkout(checkout_id, expires_at, expires_at, now).await
    }

    /// The same for another look at this time. It goes on saying when the checkout was to be looked at first: one that
    /// was never stored must not be waited for anew each time.
    ///
    /// # Errors
    /// As [`ReservationTimers::start_checkout`].
    pub async fn restart_checkout(
        &self,
        checkout_id: &CheckoutId,
        look_at: Timestamp,
        again_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), SendError> {
        let timer = ReservationTimer::Checkout { checkout_id: checkout_id.clone(), look_at };
        self.0.send(&timer, timer_delay(again_at, now)).await
    }
}
