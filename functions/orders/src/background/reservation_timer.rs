//! The timer: a delayed message that comes when a reservation's time should be over.

use jiff::Timestamp;
use souk_events::inventory::ReservationTimer;
use souk_inventory::Reservations;
use souk_orders::Saga;
use souk_runtime::queue::{Failure, Message};
use souk_wiring::{Call, FromEnvironment};

use super::expiry::{Expiry, expire};
use crate::{timers::ReservationTimers};

/// Reservations, the saga, and the timer itself.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    reservations: Reservations,
    saga: Saga,
    timers: ReservationTimers,
}

/// Ends the reservation, or winds the timer again where an order has extended it meanwhile.
///
/// # Errors
/// Whatever makes the message come back.
pub async fn handle(deps: &Deps, message: Message<ReservationTimer>, Call { now, .. }: Call) -> Result<(), Failure> {
    let reservation_id = message.body.reservation_id;
    match expire(&deps.reservations, &deps.saga, &reservation_id, now).await? {
        Expiry::Over | Expiry::LeftToSaga => Ok(()),
        Expiry::NotYet(expires_at) => Ok(deps.timers.wind(&reservation_id, expires_at, now).await?),
    }
}
