//! Sends events to subscribers.

use souk_events::webhooks::DeliveryDue;
use souk_runtime::queue::{Failure, Message};
use souk_wiring::Call;
pub use souk_workflows::send_delivery::SendDelivery as Deps;

/// Sends one event to one subscriber, where that is due.
///
/// # Errors
/// Whatever makes the message come back.
pub async fn handle(deps: &Deps, message: Message<DeliveryDue>, call: Call) -> Result<(), Failure> {
    let DeliveryDue { webhook_id, event_id } = message.body;
    let outcome = deps.run(&webhook_id, &event_id, &call).await?;
    tracing::info!(%webhook_id, %event_id, ?outcome, "delivery");
    Ok(())
}
