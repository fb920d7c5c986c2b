//! An operator has events sent again, or tries the way to a subscriber.

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{
    ids::{EventId, WebhookId},
    webhook::{DeliveryState, EventType},
};
use souk_dynamo::StoreError;
use souk_webhooks::{Deliveries, Delivery, Event, Filter, Place, PlanOutcome, ReplayOutcome, Webhooks};
use souk_wiring::{Call, FromEnvironment};
use utoipa::ToSchema;

use crate::DeliveryQueue;

/// How many deliveries one request makes pending again.
pub const REPLAY_MAX: usize = 100;

/// The subscriptions, what is delivered to them, and the queue of what is due.
#[derive(Debug, FromEnvironment)]
pub struct ReplayDeliveries {
    webhooks: Webhooks,
    deliveries: Deliveries,
    queue: DeliveryQueue,
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replay<T> {
    /// It is pending.
    Pending(T),
    /// The subscription is disabled.
    Disabled,
    /// There is no such subscription.
    UnknownWebhook,
    /// There is no such delivery.
    UnknownDelivery,
}

/// How far a replay of many has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replayed {
    /// How many are pending again.
    pub count: usize,
    /// Where it goes on; `None` where it is done.
    pub next: Option<Place>,
}

/// What a `webhook.ping` tells: nothing but to whom.
#[derive(Debug, Serialize, ToSchema)]
pub struct PingData<'a> {
    /// The subscription.
    webhook_id: &'a WebhookId,
}

impl ReplayDeliveries {
    /// A use case of these parts.
    pub fn new(webhooks: Webhooks, deliveries: Deliveries, queue: DeliveryQueue) -> Self {
        Self { webhooks, deliveries, queue }
    }

    /// Has one event sent again. One that is pending stays so.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn one(
        &self,
        webhook_id: &WebhookId,
        event_id: &EventId,
        call: &Call,
    ) -> Result<Replay<Delivery>, StoreError> {
        if let Some(refused) = self.refused(webhook_id).await? {
            return Ok(refused);
        }
        Ok(match self.deliveries.replay(webhook_id, event_id, call.now).await? {
            ReplayOutcome::Replayed(delivery) => {
                self.hurry(webhook_id, event_id).await;
                Replay::Pending(delivery)
            }
            ReplayOutcome::Pending(delivery) => Replay::Pending(delivery),
            ReplayOutcome::Unknown => Replay::UnknownDelivery,
        })
    }

    /// Has events sent again whose delivery has failed and that were planned within a time, newest first: up to
    /// [`REPLAY_MAX`], from a place on. The sweeper brings them.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn all_failed(
        &self,
        webhook_id: &WebhookId,
        (from, to): (Timestamp, Timestamp),
        after: Option<&Place>,
        call: &Call,
    ) -> Result<Replay<Replayed>, StoreError> {
        if let Some(refused) = self.refused(webhook_id).await? {
            return Ok(refused);
        }
        let filter = Filter { state: Some(DeliveryState::Failed), from: Some(from), to: Some(to) };
        let page = self.deliveries.page(webhook_id, filter, after, REPLAY_MAX).await?;
        let mut count = 0;
        for delivery in &page.deliveries {
            let outcome = self.deliveries.replay(webhook_id, &delivery.event_id, call.now).await?;
            count += usize::from(matches!(outcome, ReplayOutcome::Replayed(_)));
        }
        Ok(Replay::Pending(Replayed { count, next: page.next }))
    }

    /// Sends an event that tells nothing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn ping(&self, webhook_id: &WebhookId, call: &Call) -> Result<Replay<Delivery>, StoreError> {
        if let Some(refused) = self.refused(webhook_id).await? {
            return Ok(refused);
        }
        let event_id = EventId::from_uuid(call.new_id());
        let event = Event::new(event_id.clone(), EventType::Ping, call.now, &PingData { webhook_id })?;
        match self.deliveries.plan(webhook_id, &event, call.now).await? {
            PlanOutcome::Planned | PlanOutcome::Known(_) => self.hurry(webhook_id, &event_id).await,
        }
        let delivery = self.deliveries.get(webhook_id, &event_id).await?;
        Ok(delivery.map_or(Replay::UnknownDelivery, Replay::Pending))
    }

    /// Why nothing is sent to a subscription, where nothing is.
    async fn refused<T>(&self, webhook_id: &WebhookId) -> Result<Option<Replay<T>>, StoreError> {
        Ok(match self.webhooks.get(webhook_id).await? {
            None => Some(Replay::UnknownWebhook),
            Some(webhook) => webhook.disabled.is_some().then_some(Replay::Disabled),
        })
    }

    /// Where the message cannot be sent, the sweeper brings the delivery.
    async fn hurry(&self, webhook_id: &WebhookId, event_id: &EventId) {
        if let Err(error) = self.queue.add(webhook_id, event_id).await {
            tracing::warn!(%error, "a delivery waits for the sweeper");
        }
    }
}
