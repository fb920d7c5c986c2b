//! The gateway says that something happened.
//!
//! What it says is never written down. It only starts the order's saga, settles the order's refunds or disputes, or looks
//! whether its money is held still, and all of them ask the gateway; so repeats and any order of arrival are all the same.
//! What can change nothing starts nothing: an event of another type, of an intent that is not ours, or of a payment that
//! stands where the event says.

use souk_domain::{ids::OrderId, payment::PaymentState};
use souk_dynamo::StoreError;
use souk_orders::{Saga, SagaError};
use souk_payments::{
    PaymentError, PaymentRecord, PaymentRecords, SeenEvents,
    gateway::{Gateway as _, GatewayError},
    learn_of_lapse, settle_refunds,
    stripe::StripeGateway,
    webhook::{Reason, WebhookEvent},
};
use souk_wiring::{Call, FromEnvironment};

use crate::settle_disputes::settle_disputes;

/// The events that were seen, and who looks.
#[derive(Debug, FromEnvironment)]
pub struct HearGateway {
    seen: SeenEvents,
    payments: PaymentRecords,
    saga: Saga,
    gateway: StripeGateway,
}

/// An event could not be acted upon: it comes again.
#[derive(Debug, thiserror::Error)]
pub enum HearError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The gateway could not be asked, or its answer not be kept.
    #[error(transparent)]
    Payment(#[from] PaymentError),
    /// The gateway could not be asked which order it is about.
    #[error(transparent)]
    Gateway(#[from] GatewayError),
    /// The saga could not be started.
    #[error(transparent)]
    Saga(#[from] SagaError),
}

impl HearGateway {
    /// Acts upon an authentic event, once. All that says nothing new is taken, and costs a read.
    ///
    /// # Errors
    /// [`HearError`]; the gateway sends the event again.
    pub async fn run(&self, event: &WebhookEvent, call: &Call) -> Result<(), HearError> {
        if let Some(order_id) = self.order_of(event).await?
            && let Some(record) = self.record_of(&order_id, event).await?
            && event.is_about(&record)
        {
            self.take(event, &record, call).await?;
        }
        Ok(())
    }

    /// Mostly the payment stands where the event says, and has for a moment. But for a declined one it does not go back, so
    /// that is known by a cheaper read. Whatever there may be to do is asked of the record as it is.
    async fn record_of(&self, order_id: &OrderId, event: &WebhookEvent) -> Result<Option<PaymentRecord>, StoreError> {
        let suffices = |seen: &PaymentRecord| event.is_about(seen) && says_nothing_for_good(event, seen);
        self.payments.get_sufficing(order_id, suffices).await
    }

    async fn order_of(&self, event: &WebhookEvent) -> Result<Option<OrderId>, GatewayError> {
        match event.intent_of_unknown_order() {
            Some(intent_id) => self.gateway.order_of(intent_id).await,
            None => Ok(event.order_id.clone().filter(|_| event.is_listened_for())),
        }
    }

    async fn take(&self, event: &WebhookEvent, record: &PaymentRecord, call: &Call) -> Result<(), HearError> {
        let order_id = &record.order_id;
        let reason = event.reason(record);
        if says_nothing_for_good(event, record) {
            // Nor is it remembered: come again, it says as little.
            tracing::info!(%order_id, event_id = event.id, event_type = event.event_type, "webhook says nothing new");
            return Ok(());
        }
        if reason != Reason::Nothing && self.seen.contains(&event.id).await? {
            return Ok(());
        }
        // Marked only once it is acted upon: an event that we failed to act upon comes again.
        match reason {
            Reason::Nothing => {}
            Reason::Refunds => {
                settle_refunds(&self.payments, &self.gateway, order_id, call.now).await.map(drop)?;
            }
            Reason::Disputes => settle_disputes(&self.payments, &self.gateway, order_id, call.now).await?,
            Reason::Lapse => learn_of_lapse(&self.payments, &self.gateway, record, call.now).await?,
            Reason::Payment => self.saga.start(order_id).await?,
        }
        self.seen.mark(event, order_id, call.now).await?;
        tracing::info!(%order_id, event_id = event.id, event_type = event.event_type, ?reason, "webhook taken");
        Ok(())
    }
}

/// True where nothing is to be looked at, now or when the event comes again. A declined payment may wait once more, for
/// another card: then a late repeat must be known.
fn says_nothing_for_good(event: &WebhookEvent, record: &PaymentRecord) -> bool {
    event.reason(record) == Reason::Nothing && record.state != PaymentState::Declined
}
