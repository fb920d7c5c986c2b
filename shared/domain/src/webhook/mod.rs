//! Webhooks: what subscribers outside of the shop are told, where they may be, and when they are tried again.

mod address;
mod delivery;
mod event_type;
mod retry;
mod url;

pub use address::is_public;
pub use delivery::{AttemptFailure, DeliveryState, DisabledReason, FailureReason};
pub use event_type::EventType;
pub use retry::{DISABLED_AFTER, GIVEN_UP_AFTER, RETRY_AFTER_MAX, next_attempt};
pub use url::{Reach, UrlError, WebhookUrl};
