//! `record-mail-feedback`: keeps what the mail provider tells of bounces and complaints.

use souk_notifications::{Feedback, FeedbackEvent, Messages};
use souk_runtime::queue::{Failure, Message};
use souk_wiring::{Call, FromEnvironment};

/// The messages.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    messages: Messages,
}

/// Keeps one event of the provider. Repeated ones change nothing.
///
/// # Errors
/// Whatever makes the event come back.
pub async fn handle(deps: &Deps, message: Message<FeedbackEvent>, call: Call) -> Result<(), Failure> {
    let feedback = Feedback::from(message.body);
    deps.messages.record(&feedback, call.now).await?;
    tracing::info!(feedback = feedback.name, addresses = feedback.suppressed.len(), "feedback of a mail");
    Ok(())
}
