//! What becomes of a reservation whose time may be over: the timer and its sweeper do the same.

use jiff::Timestamp;
use souk_domain::{ids::ReservationId, reservation::ExpireOutcome};
use souk_inventory::Reservations;
use souk_orders::Saga;
use souk_runtime::queue::Failure;

/// What was done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expiry {
    /// The units are free now, or the reservation had ended before.
    Over,
    /// An order holds it: its saga was started, which cancels first and releases only then.
    LeftToSaga,
    /// Its time is not over: look again then.
    NotYet(Timestamp),
}

/// Frees an expired reservation that no order holds; an order's is left to its saga.
pub(super) async fn expire(
    reservations: &Reservations,
    saga: &Saga,
    reservation_id: &ReservationId,
    now: Timestamp,
) -> Result<Expiry, Failure> {
    Ok(match reservations.release_expired(reservation_id, now).await? {
        ExpireOutcome::Released | ExpireOutcome::Committed | ExpireOutcome::Absent => Expiry::Over,
        ExpireOutcome::NotYet(expires_at) => Expiry::NotYet(expires_at),
        ExpireOutcome::Ordered(order_id) => {
            saga.start(&order_id).await?;
            Expiry::LeftToSaga
        }
    })
}
