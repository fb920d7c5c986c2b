//! The timer: a delayed message that comes when a reservation's time should be over.

use souk_events::inventory::ReservationTimer;
use souk_runtime::queue::{Failure, Message};
use souk_wiring::Call;
pub use souk_workflows::expire_reservation::TimedExpiry as Deps;

/// Ends the reservation, or starts the timer again where an order has extended it meanwhile.
///
/// # Errors
/// Whatever makes the message come back.
pub async fn handle(deps: &Deps, message: Message<ReservationTimer>, call: Call) -> Result<(), Failure> {
    deps.run(&message.body.reservation_id, &call).await
}
