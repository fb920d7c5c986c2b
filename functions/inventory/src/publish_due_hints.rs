//! `publish-due-hints`: publishes the hints of SKUs that had to wait, because they had been published lately.

use souk_events::inventory::HintDue;
use souk_runtime::queue::{Failure, Message};
use souk_wiring::{Call, FromEnvironment};

use crate::hints::Hints;

/// What hints are published with.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    hints: Hints,
}

/// Publishes how many units of the SKU there are now, or has it wait once more.
///
/// # Errors
/// Where that could not be done; the message comes back, repeating is safe.
pub async fn handle(deps: &Deps, message: Message<HintDue>, call: Call) -> Result<(), Failure> {
    let published = deps.hints.publish(vec![(0, message.body.sku)], call.now).await;
    published.map_err(|(_, failure)| failure.to_string().into())
}
