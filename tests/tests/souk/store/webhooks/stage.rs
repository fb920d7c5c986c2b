//! Subscribers on this machine, the queue between planner and sender, and the tables.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use aws_sdk_dynamodb::{
    Client,
    config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider},
};
use jiff::Timestamp;
use serde_json::{Value, json};
use souk_domain::{
    ids::{EventId, WebhookId},
    order::OrderStatus,
    webhook::{EventType, Reach, WebhookUrl},
};
use souk_events::{orders::OrderChanged, webhooks::DeliveryDue};
use souk_testkit::stand_in::{Received, StandIn};
use souk_webhooks::{CreateOutcome, Deliveries, Delivery, Event, Filter, Subscribers, Terms, Webhook, Webhooks};
use souk_wiring::{Call, Environment, FromEnvironment as _};
use souk_workflows::{
    DeliveryQueue,
    plan_deliveries::{PlanDeliveries, Planned, event_of},
    replay_deliveries::ReplayDeliveries,
    send_delivery::{SendDelivery, SendOutcome},
    sweeps::deliveries::SweepDeliveries,
};
use uuid::Uuid;

use crate::store::{order, tables::Tables};

/// Shorter than any subscriber's silence.
const PATIENCE: Duration = Duration::from_millis(200);

pub struct Stage {
    pub webhooks: Webhooks,
    pub deliveries: Deliveries,
    pub plan: PlanDeliveries,
    pub send: SendDelivery,
    pub sweep: SweepDeliveries,
    pub replay: ReplayDeliveries,
    /// What the queue holds.
    pub queued: Arc<Mutex<Vec<DeliveryDue>>>,
}

/// Somebody who listens on this machine.
pub struct Subscriber {
    server: StandIn,
    /// What it answers; `None` is silence.
    status: Arc<Mutex<Option<u16>>>,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Subscriber {
    pub fn new() -> Self {
        let (status, received) = (Arc::new(Mutex::new(Some(200))), Arc::new(Mutex::new(Vec::new())));
        let (says, keeps) = (Arc::clone(&status), Arc::clone(&received));
        let server = StandIn::answering(move |request| {
            keeps.lock().unwrap().push(request.clone());
            says.lock().unwrap().map(|status| (status, String::new()))
        });
        Self { server: server.unwrap(), status, received }
    }

    pub fn answers(&self, status: Option<u16>) {
        *self.status.lock().unwrap() = status;
    }

    /// The ids that have arrived.
    pub fn ids(&self) -> Vec<String> {
        self.received().iter().map(|request| request.header("webhook-id").unwrap().to_owned()).collect()
    }

    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }
}

impl Stage {
    pub async fn new() -> Self {
        Self::over(souk_testkit::dynamodb::with_tables_of("transactions").await.unwrap()).await
    }

    /// Over these tables.
    pub async fn over(client: Client) -> Self {
        let tables = Tables::reached_by(client);
        let webhooks = Webhooks::new(tables.table("WebhooksTable"));
        let deliveries = Deliveries::new(tables.table("WebhookDeliveriesTable"));
        let queued: Arc<Mutex<Vec<DeliveryDue>>> = Arc::default();
        let queue = queue(Arc::clone(&queued)).await;
        let subscribers = Subscribers::new(Reach::PublicAndLoopback, PATIENCE);
        Self {
            plan: PlanDeliveries::new(webhooks.clone(), deliveries.clone(), queue.clone()),
            send: SendDelivery::new(webhooks.clone(), deliveries.clone(), subscribers),
            sweep: SweepDeliveries::new(deliveries.clone(), queue.clone()),
            replay: ReplayDeliveries::new(webhooks.clone(), deliveries.clone(), queue),
            webhooks,
            deliveries,
            queued,
        }
    }

    /// A subscription to all events.
    pub async fn subscribe(&self, n: u128, subscriber: &Subscriber, now: Timestamp) -> Webhook {
        let id = WebhookId::from_uuid(Uuid::from_u128(n));
        match self.webhooks.create(id, terms(subscriber), now).await.unwrap() {
            CreateOutcome::Created(webhook) => *webhook,
            CreateOutcome::TooMany => panic!("there are too many"),
        }
    }

    pub async fn tells(&self, event: &Event, now: Timestamp) -> Planned {
        self.plan.run(event, &Call::at(now)).await.unwrap()
    }

    /// Sends whatever the queue holds.
    pub async fn works(&self, now: Timestamp) -> Vec<SendOutcome> {
        let due = std::mem::take(&mut *self.queued.lock().unwrap());
        let mut outcomes = Vec::new();
        for DeliveryDue { webhook_id, event_id } in due {
            outcomes.push(self.send.run(&webhook_id, &event_id, &Call::at(now)).await.unwrap());
        }
        outcomes
    }

    /// The sweeper's run at this time, and what follows from it.
    pub async fn sweeps(&self, now: Timestamp) -> Vec<SendOutcome> {
        self.sweep.run(&Call::at(now)).await.unwrap();
        self.works(now).await
    }

    /// The only delivery to a subscription.
    pub async fn delivery(&self, webhook: &Webhook) -> Delivery {
        let page = self.deliveries.page(&webhook.webhook_id, Filter::default(), None, 2).await.unwrap();
        let [delivery] = page.deliveries.try_into().unwrap();
        delivery
    }

    pub async fn webhook(&self, webhook: &Webhook) -> Webhook {
        self.webhooks.get(&webhook.webhook_id).await.unwrap().unwrap()
    }
}

pub fn terms(subscriber: &Subscriber) -> Terms {
    let url = WebhookUrl::parse(&format!("{}/hook", subscriber.server.url()), Reach::PublicAndLoopback).unwrap();
    let event_types: BTreeSet<_> = EventType::ALL.into_iter().filter(|kind| kind.may_be_subscribed_to()).collect();
    Terms { url, event_types, description: None }
}

pub fn event(n: u128) -> Event {
    let order = json!({
        "order_id": order(n), "user_id": "somebody", "status": OrderStatus::Confirmed, "version": 2,
        "total": { "amount": 900, "currency": "USD" }, "lines": [{ "sku": "BAG", "quantity": 1 }],
    });
    let order: OrderChanged = serde_json::from_value(order).unwrap();
    event_of(EventType::OrderConfirmed, &order, crate::store::at(0)).unwrap()
}

pub fn event_id(n: u128) -> EventId {
    event(n).event_id
}

/// A queue that keeps what it is sent.
async fn queue(queued: Arc<Mutex<Vec<DeliveryDue>>>) -> DeliveryQueue {
    let sqs = StandIn::answering(move |request| {
        let sent: Value = serde_json::from_slice(&request.body).unwrap();
        queued.lock().unwrap().push(serde_json::from_str(sent["MessageBody"].as_str().unwrap()).unwrap());
        Some((200, json!({ "MessageId": "m", "MD5OfMessageBody": "" }).to_string()))
    });
    let url = sqs.unwrap().url().to_owned();
    let aws = aws_config::SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new("test", "test", None, None, "test")))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .endpoint_url(&url)
        .build();
    let network = souk_wiring::fetch::network(Duration::from_secs(2));
    let environment = Environment::given(aws, [("DELIVERIES_URL", url)].into(), network);
    DeliveryQueue::from_environment(&environment).await.unwrap()
}
