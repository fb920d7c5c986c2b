//! The timer: a delayed message that comes when what is held should be held long enough.

use souk_events::inventory::ReservationTimer;
use souk_runtime::queue::{Failure, Message};
use souk_wiring::Call;
pub use souk_workflows::expire_reservation::TimedExpiry as Deps;

/// Ends it, or starts the timer again where its time is not over.
///
/// # Errors
/// Whatever makes the message come back.
pub async fn handle(deps: &Deps, message: Message<ReservationTimer>, call: Call) -> Result<(), Failure> {
    deps.run(&message.body, &call).await
}
