//! A reservation's time may be over: its units are for sale again, unless an order holds them. The timer
//! and its sweeper do the same.

use jiff::Timestamp;
use souk_domain::{ids::ReservationId, reservation::ExpireOutcome};
use souk_dynamo::StoreError;
use souk_events::inventory::ReservationTimer;
use souk_inventory::Reservations;
use souk_orders::{Saga, SagaError};
use souk_wiring::{Call, FromEnvironment};

use crate::{Failure, expire_checkout::ExpireCheckout, reservation_timers::ReservationTimers};

/// What was done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    /// The units are free now, or the reservation had ended before.
    Over,
    /// An order holds it: its saga was started, which cancels first and releases only then.
    LeftToSaga,
    /// Its time is not over: look again then.
    NotYet(Timestamp),
}

/// Reservations, and the saga of the orders that hold them.
#[derive(Debug, FromEnvironment)]
pub struct ExpireReservation {
    pub(crate) reservations: Reservations,
    saga: Saga,
}

/// The reservation's end is not known: try again.
#[derive(Debug, thiserror::Error)]
pub enum ExpireError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The saga of the order that holds it could not be started.
    #[error(transparent)]
    Saga(#[from] SagaError),
}

impl ExpireReservation {
    /// Frees an expired reservation that no order holds; an order's is left to its saga.
    ///
    /// # Errors
    /// [`ExpireError`].
    pub async fn run(&self, reservation_id: &ReservationId, now: Timestamp) -> Result<Expiry, ExpireError> {
        Ok(match self.reservations.release_expired(reservation_id, now).await? {
            ExpireOutcome::Released | ExpireOutcome::Committed | ExpireOutcome::Absent => Expiry::Over,
            ExpireOutcome::NotYet(expires_at) => Expiry::NotYet(expires_at),
            ExpireOutcome::Ordered(order_id) => {
                self.saga.start(&order_id).await?;
                Expiry::LeftToSaga
            }
        })
    }
}

/// What a timer's message does.
#[derive(Debug, FromEnvironment)]
pub struct TimedExpiry {
    expire: ExpireReservation,
    checkouts: ExpireCheckout,
    timers: ReservationTimers,
}

impl TimedExpiry {
    /// Ends what is held, or starts the timer again where its time is not over.
    ///
    /// # Errors
    /// Whatever makes the message come back.
    pub async fn run(&self, timer: &ReservationTimer, call: &Call) -> Result<(), Failure> {
        match timer {
            ReservationTimer::Reservation { reservation_id } => {
                if let Expiry::NotYet(expires_at) = self.expire.run(reservation_id, call.now).await? {
                    self.timers.start(reservation_id, expires_at, call.now).await?;
                }
            }
            ReservationTimer::Checkout { checkout_id, look_at } => {
                if let Expiry::NotYet(at) = self.checkouts.run(checkout_id, *look_at, call.now).await? {
                    self.timers.restart_checkout(checkout_id, *look_at, at, call.now).await?;
                }
            }
        }
        Ok(())
    }
}
