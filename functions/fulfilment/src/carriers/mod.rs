//! What carriers call.

pub mod carrier_webhook;
mod secrets;
