//! Stripe's webhooks: who sent one, when, and what it is about.
//!
//! An event is a hint to look, never a fact to write down: its receiver starts the saga, which asks the gateway.

use std::time::Duration;

use hmac::{Hmac, Mac};
use jiff::Timestamp;
use serde::Deserialize;
use sha2::Sha256;
use souk_domain::ids::OrderId;

/// How far the sender's clock, or a retry's age, may be from ours: what Stripe's own libraries take.
pub const TOLERANCE: Duration = Duration::from_secs(300);

/// A webhook event that really is from the gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookEvent {
    /// The event's id: the same for every delivery of it.
    pub id: String,
    /// Such as `payment_intent.succeeded`.
    pub event_type: String,
    /// The order that it is about; none for objects that are not of our making.
    pub order_id: Option<OrderId>,
    /// The intent that it is about.
    pub intent_id: Option<String>,
    /// When it happened. Events may arrive in any order.
    pub created: Timestamp,
}

impl WebhookEvent {
    /// True where it is about money that goes back, and nothing else of the payment has changed.
    pub fn is_about_refunds(&self) -> bool {
        ["refund.", "charge.refund"].iter().any(|prefix| self.event_type.starts_with(prefix))
    }
}

/// A webhook request that must not be acted upon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    /// The signature header has no time or no signature.
    #[error("the signature header is malformed")]
    MalformedHeader,
    /// None of the signatures fits.
    #[error("no signature fits")]
    BadSignature,
    /// The signature fits, but was made too long ago, or too far in the future.
    #[error("the signature's time is outside of the tolerance")]
    Stale,
    /// The signature fits, but the body is no event.
    #[error("the body is not an event")]
    MalformedBody,
}

/// Checks a webhook's signature over its raw body, then reads it. Several `v1` signatures may be given, as
/// the sender does while a secret is being rotated; one that fits is enough.
///
/// # Errors
/// [`WebhookError`]; the body is not looked at before the signature fits.
pub fn verify(
    raw_body: &[u8],
    signature_header: &str,
    secret: &str,
    now: Timestamp,
    tolerance: Duration,
) -> Result<WebhookEvent, WebhookError> {
    let header = SignatureHeader::parse(signature_header)?;
    // HMAC takes keys of any length; a failure here could only mean that nothing can be verified.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_err(|_| WebhookError::BadSignature)?;
    mac.update(header.time.as_bytes());
    mac.update(b".");
    mac.update(raw_body);
    // `verify_slice` takes the same time wherever the first difference is.
    if !header.signatures.iter().any(|signature| mac.clone().verify_slice(signature).is_ok()) {
        return Err(WebhookError::BadSignature);
    }
    if header.seconds.abs_diff(now.as_second()) > tolerance.as_secs() {
        return Err(WebhookError::Stale);
    }
    serde_json::from_slice::<EventObject>(raw_body)
        .ok()
        .and_then(EventObject::into_event)
        .ok_or(WebhookError::MalformedBody)
}

struct SignatureHeader<'a> {
    /// As it was sent: these characters are what was signed.
    time: &'a str,
    seconds: i64,
    signatures: Vec<Vec<u8>>,
}

impl<'a> SignatureHeader<'a> {
    fn parse(header: &'a str) -> Result<Self, WebhookError> {
        let mut time = None;
        let mut signatures = Vec::new();
        for (name, value) in header.split(',').filter_map(|part| part.trim().split_once('=')) {
            match name {
                "t" if time.is_none() => time = Some(value),
                // The header was sent twice.
                "t" => return Err(WebhookError::MalformedHeader),
                // Others are of schemes that prove nothing here (v0 marks test events).
                "v1" => signatures.extend(hex::decode(value)),
                _ => {}
            }
        }
        let time = time.ok_or(WebhookError::MalformedHeader)?;
        let seconds = time.parse().map_err(|_| WebhookError::MalformedHeader)?;
        if signatures.is_empty() {
            return Err(WebhookError::MalformedHeader);
        }
        Ok(Self { time, seconds, signatures })
    }
}

#[derive(Deserialize)]
struct EventObject {
    id: String,
    #[serde(rename = "type")]
    event_type: String,
    created: i64,
    data: EventData,
}

#[derive(Deserialize)]
struct EventData {
    object: Subject,
}

/// The object that the event is about: an intent, or something that points at one.
#[derive(Deserialize)]
struct Subject {
    id: Option<String>,
    object: Option<String>,
    payment_intent: Option<String>,
    metadata: Option<Metadata>,
}

#[derive(Deserialize)]
struct Metadata {
    order_id: Option<String>,
}

impl EventObject {
    fn into_event(self) -> Option<WebhookEvent> {
        let subject = self.data.object;
        let is_intent = subject.object.as_deref() == Some("payment_intent");
        Some(WebhookEvent {
            id: self.id,
            event_type: self.event_type,
            order_id: subject.metadata.and_then(|metadata| metadata.order_id).and_then(|id| id.parse().ok()),
            intent_id: if is_intent { subject.id } else { subject.payment_intent },
            created: Timestamp::from_second(self.created).ok()?,
        })
    }
}

#[cfg(test)]
mod tests;
