//! What subscribers outside of the shop are told.
//!
//! - [`Webhook`], [`Webhooks`]: the subscriptions, and how many requests of each are under way.
//! - [`Event`], [`Delivery`], [`Deliveries`]: one delivery for an event and a subscription. It is written down before it
//!   is sent and after; what was not noted is sent again, with the same id.
//! - [`Secret`]: signatures after [Standard Webhooks](https://www.standardwebhooks.com).
//! - [`Subscribers`]: the network, as far as a subscriber may be in it.
#![forbid(unsafe_code)]

mod deliveries;
mod delivery;
mod delivery_list;
mod event;
mod places;
mod secret;
mod subscribers;
mod webhook;
mod webhooks;

pub use deliveries::{Attempted, BeginOutcome, Deliveries, PlanOutcome, ReplayOutcome, SWEPT_AFTER, Turn};
pub use delivery::{Delivery, SWEEP_SHARDS, sweep_shard_name};
pub use delivery_list::{DeliveryPage, Filter, Place};
pub use event::Event;
pub use places::{EnterOutcome, Entry, EntryResult, PLACES};
pub use secret::{Secret, SecretError};
pub use subscribers::{Answer, Subscribers, UrlRule, WITHIN};
pub use webhook::{Terms, Webhook};
pub use webhooks::{CreateOutcome, FORMER_SECRET_GOOD_FOR, Guarded, MAX_WEBHOOKS, Webhooks};

/// How long a sender has a delivery, or one of its subscription's places: longer than the function lives.
const LEASE: jiff::SignedDuration = jiff::SignedDuration::from_secs(60);
