//! The timer: a delayed message that comes when a reservation's time should be over.

use jiff::Timestamp;
use souk_events::inventory::ReservationTimer;
use souk_inventory::Reservations;
use souk_orders::Saga;
use souk_runtime::{
    ConfigError, Environment, FromEnvironment,
    queue::{Failure, Message},
};

use super::expiry::{Expiry, expire};
use crate::{dependencies, timers::ReservationTimers};

/// Reservations, the saga, and the timer itself.
#[derive(Debug)]
pub struct Deps {
    reservations: Reservations,
    saga: Saga,
    timers: ReservationTimers,
}

impl FromEnvironment for Deps {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self {
            reservations: dependencies::reservations(environment)?,
            saga: dependencies::saga(environment)?,
            timers: dependencies::timers(environment)?,
        })
    }
}

/// Runs the function until its instance ends.
///
/// # Errors
/// Where it cannot start, or the runtime API fails.
pub fn serve() -> Result<(), souk_runtime::Error> {
    souk_runtime::queue::serve(handle)
}

/// Ends the reservation, or winds the timer again where an order has extended it meanwhile.
///
/// # Errors
/// Whatever makes the message come back.
pub async fn handle(deps: &'static Deps, message: Message<ReservationTimer>) -> Result<(), Failure> {
    run(deps, message, souk_runtime::now()).await
}

/// As [`handle`], at a time of the caller's.
///
/// # Errors
/// As [`handle`].
pub async fn run(deps: &Deps, message: Message<ReservationTimer>, now: Timestamp) -> Result<(), Failure> {
    let reservation_id = message.body.reservation_id;
    match expire(&deps.reservations, &deps.saga, &reservation_id, now).await? {
        Expiry::Over | Expiry::LeftToSaga => Ok(()),
        Expiry::NotYet(expires_at) => Ok(deps.timers.wind(&reservation_id, expires_at, now).await?),
    }
}
