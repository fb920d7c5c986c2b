//! Everything outside of the functions: tables, gateway, queues, workflows, the bus.

use std::collections::BTreeSet;

use http::{HeaderMap, Method, Uri};
use jiff::Timestamp;
use serde_json::{Value, json};
use souk_gateway::{
    intent::{Intent, State},
    offline::{Mishap, Notice, Offline},
};

use crate::{
    call::{Answer, Call, aws_error},
    clock::Clock,
    executor::{self, ActorId},
    fault::Service,
    flash_sale::{self, bugs, queue::IntentsQueue, rest::Stand},
    functions::{DEAD_LETTERS, SALE_KEYS},
    messages,
    meter::Meter,
    mutation::Mutation,
    observer::{Image, Observer, StreamRecord},
    store::Store,
};

/// The key that the gateway lets in.
pub const GATEWAY_KEY: &str = "sk_test_simulation";
/// What the gateway signs its events with.
pub const WEBHOOK_SECRET: &str = "whsec_simulation";
/// The secret with what carriers sign with.
pub const CARRIERS: &str = "carriers";
/// What the one carrier signs with.
pub const CARRIER_SECRET: &str = "carrier_simulation";
/// Which events the rule of the warehouses' queue lets through.
pub const FOLLOWED: [&str; 5] =
    ["OrderConfirmed", "OrderCancelled", "ParcelShipped", "TrackingChanged", "UnitsMissing"];
/// So long after a write a read that asks for no consistency may not find it.
const READS_LAG_MILLIS: i64 = 2_000;
/// Holds lapse after so many seconds.
const HOLD_SECONDS: i64 = 7 * 24 * 3600;

/// What a service has taken over and will bring somewhere.
#[derive(Debug)]
pub enum Parcel {
    /// An execution of the saga, with its input.
    Execution(Value),
    /// A message, due after so many seconds.
    Message {
        /// Which queue, by its name.
        queue: String,
        /// Its body.
        body: String,
        /// How long it is delayed.
        delay_seconds: u64,
    },
    /// An event of the gateway.
    Webhook(Notice),
    /// A change of an order.
    Stream(StreamRecord),
    /// An event of the bus, as its rules read it.
    Event(Value),
}

/// The state of one schedule outside of its functions.
pub struct World {
    /// The tables.
    pub store: Store,
    /// The gateway.
    pub gateway: Offline,
    /// Whether the bank has sent the money of a refund back: the gateway may have told nobody.
    pub refunds_came_back: bool,
    /// What was seen of every write.
    pub observer: Observer,
    /// What is on its way.
    pub parcels: Vec<Parcel>,
    /// The events that were published, as they stood on the bus.
    pub events: Vec<Value>,
    /// The mails that went out, by their messages.
    pub mails: Vec<String>,
    /// How often the SDK sends a request at the most.
    pub sdk_attempts: u32,
    /// True where indexes, and reads that ask for no consistency, may lag behind the tables.
    pub indexes_lag: bool,
    /// What all of it costs, where that is asked.
    pub meter: Option<Meter>,
    /// What time it is.
    pub clock: Clock,
    /// The seeded bug, where there is one.
    pub mutation: Mutation,
    /// The invocations of the webhook.
    pub webhooks: BTreeSet<ActorId>,
    /// The flash sale's queue.
    pub intents: IntentsQueue,
    /// Who started executions.
    starters: Vec<ActorId>,
    rng: fastrand::Rng,
}

impl World {
    /// A world in which nothing has happened yet.
    pub fn new(clock: Clock, mutation: Mutation, mut rng: fastrand::Rng) -> Self {
        Self {
            store: Store::new(),
            gateway: Offline::new(GATEWAY_KEY, HOLD_SECONDS),
            refunds_came_back: false,
            observer: Observer::default(),
            parcels: Vec::new(),
            events: Vec::new(),
            mails: Vec::new(),
            sdk_attempts: if rng.bool() { 1 } else { 3 },
            indexes_lag: true,
            meter: None,
            clock,
            mutation,
            webhooks: BTreeSet::new(),
            intents: IntentsQueue::default(),
            starters: Vec::new(),
            rng,
        }
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A request takes effect.
    pub fn carry_out(&mut self, call: &Call, mishap: Mishap) -> Answer {
        let answer = self.answer(call, mishap);
        if let Some(meter) = &mut self.meter {
            meter.note(call, &answer);
        }
        answer
    }

    fn answer(&mut self, call: &Call, mishap: Mishap) -> Answer {
        match call.service {
            Service::Store => self.store_call(call),
            Service::Workflows => self.start_execution(call),
            Service::Queues if call.operation == "GetQueueAttributes" => self.count_messages(call),
            Service::Queues => self.send_message(call),
            Service::Bus => self.put_events(call),
            Service::Secrets => secret(call),
            Service::Gateway => self.gateway_call(call, mishap),
            Service::Pool => messages::contact(call),
            Service::Mail => self.send_mail(call, mishap),
        }
    }

    /// A request is refused because there are too many, or because another is at the same item.
    pub fn throttle(&mut self, call: &Call) -> Answer {
        match (call.service, call.operation.as_str()) {
            (Service::Gateway, _) => {
                Answer::json(429, &json!({"error": {"type": "api_error", "message": "slow down"}}))
            }
            (Service::Mail, _) => aws_error(429, "TooManyRequestsException", "slow down"),
            (Service::Store, "TransactWriteItems") if self.rng.bool() => conflict(call, &mut self.rng),
            _ => aws_error(400, "ThrottlingException", "slow down"),
        }
    }

    fn store_call(&mut self, call: &Call) -> Answer {
        if call.operation == "Query" && self.shows_nothing(call) {
            return Answer::json(200, &json!({"Items": [], "Count": 0, "ScannedCount": 0}));
        }
        if let Some(old) = self.shows_old(call) {
            return Answer::json(200, &old.map_or_else(|| json!({}), |item| json!({"Item": item})));
        }
        if self.mutation.forgets(call) || self.mutation.skips(call) || self.keeps_second_claim(call) {
            return Answer::json(200, &json!({}));
        }
        let mutated = self.mutation.rewrite(call).or_else(|| self.meter.as_ref().map(|_| Meter::asking(&call.body)));
        let (status, body) = self.store.call(&call.operation, mutated.as_deref().unwrap_or(&call.body));
        if status == 200 {
            let seen = self.observer.see(&self.store, call, self.clock.now());
            self.parcels.extend(seen.into_iter().map(Parcel::Stream));
        }
        let body = self.mutation.rewrite_answer(call, &body).unwrap_or(body);
        Answer { status, headers: vec![("content-type", "application/x-amz-json-1.0")], body }
    }

    /// A sweeper's index holds nothing that could be found, or has not caught up yet.
    fn shows_nothing(&mut self, call: &Call) -> bool {
        let Some(shard) = call.json["ExpressionAttributeValues"][":shard"]["S"].as_str() else { return false };
        !self.observer.is_listed(shard) || (self.indexes_lag && self.rng.u32(0..8) == 0)
    }

    /// A read that asks for no consistency may find an item as it was before its last write.
    fn shows_old(&mut self, call: &Call) -> Option<Option<crate::store::Item>> {
        let is_eventual = call.operation == "GetItem" && call.json["ConsistentRead"] != true;
        if !is_eventual || !self.indexes_lag || self.rng.u32(0..4) != 0 {
            return None;
        }
        let table = call.json["TableName"].as_str()?;
        self.observer.before(table, &call.json["Key"], READS_LAG_MILLIS, self.clock.now())
    }

    fn start_execution(&mut self, call: &Call) -> Answer {
        let starter = executor::current().unwrap_or(ActorId::MAX);
        let now = self.now().as_second();
        let answer = Answer::json(
            200,
            &json!({"executionArn": "arn:aws:states:us-east-1:000000000000:express:order:e", "startDate": now}),
        );
        if self.webhooks.contains(&starter) && self.mutation.swallows_starts() {
            return answer;
        }
        self.starters.push(starter);
        let input = call.json["input"].as_str().and_then(|input| serde_json::from_str(input).ok());
        self.parcels.push(Parcel::Execution(input.unwrap_or(Value::Null)));
        answer
    }

    /// How many executions an invocation has started.
    pub fn starts_by(&self, actor: ActorId) -> usize {
        self.starters.iter().filter(|starter| **starter == actor).count()
    }

    fn send_message(&mut self, call: &Call) -> Answer {
        let body = call.json["MessageBody"].as_str().unwrap_or_default().to_owned();
        let delay_seconds = call.json["DelaySeconds"].as_u64().unwrap_or(0);
        let queue = queue_of(call).to_owned();
        self.parcels.push(Parcel::Message { queue, body, delay_seconds });
        Answer::json(200, &json!({"MessageId": "m"}))
    }

    /// Numbers that may be old: now and then a queue looks empty that is not.
    fn count_messages(&mut self, call: &Call) -> Answer {
        let is_old = self.indexes_lag && self.rng.u32(0..8) == 0;
        let count = match queue_of(call) {
            _ if is_old => 0,
            DEAD_LETTERS => self.intents.dead.len(),
            _ => usize::try_from(self.intents.waiting).unwrap_or(usize::MAX),
        };
        let attributes = json!({
            "ApproximateNumberOfMessages": count.to_string(),
            "ApproximateNumberOfMessagesNotVisible": "0",
            "ApproximateNumberOfMessagesDelayed": "0",
        });
        Answer::json(200, &json!({"Attributes": attributes}))
    }

    /// The seeded bug that leaves a second claim in its shard.
    fn keeps_second_claim(&self, call: &Call) -> bool {
        let Some(order) = bugs::is_release(call).then(|| self.order_of_claim(call)).flatten() else { return false };
        self.mutation.keeps_second_claims() && order["status"] != "CANCELLED"
    }

    fn order_of_claim(&self, call: &Call) -> Option<Image> {
        let shopper = call.json["ExpressionAttributeNames"]["#key"].as_str()?;
        Stand::of(&self.observer)?.orders.remove(shopper)
    }

    /// The seeded bug that undoes a claim whose message seems to have failed.
    pub fn sending_failed(&mut self, call: &Call) {
        if !self.mutation.rolls_claims_back() {
            return;
        }
        if let Some(release) = bugs::release_of(call) {
            let request = "UpdateItem sale-shards release".to_owned();
            let release = Call {
                service: Service::Store,
                operation: "UpdateItem".to_owned(),
                request,
                body: release.to_string(),
                json: release,
                ..call.clone()
            };
            self.store_call(&release);
        }
    }

    /// Whether an event of this kind was published of an order.
    pub fn has_published(&self, order_id: &str, kind: &str) -> bool {
        self.events.iter().any(|event| event["detail"]["order_id"] == order_id && event["detail-type"] == kind)
    }

    fn put_events(&mut self, call: &Call) -> Answer {
        let entries = call.json["Entries"].as_array().cloned().unwrap_or_default();
        for entry in &entries {
            let detail: Value = serde_json::from_str(entry["Detail"].as_str().unwrap_or_default()).unwrap_or_default();
            let event = json!({"detail-type": entry["DetailType"], "detail": detail});
            self.events.push(event.clone());
            self.parcels.push(Parcel::Event(event));
        }
        let taken: Vec<Value> = entries.iter().map(|_| json!({"EventId": "e"})).collect();
        Answer::json(200, &json!({"FailedEntryCount": 0, "Entries": taken}))
    }

    /// The mail goes out, whatever its sender hears of it.
    fn send_mail(&mut self, call: &Call, mishap: Mishap) -> Answer {
        self.mails.push(messages::message_of(call));
        match mishap {
            Mishap::Breaks => Answer::json(500, &json!({"message": "it broke"})),
            Mishap::None | Mishap::Refuses => Answer::json(200, &json!({"MessageId": "mail"})),
        }
    }

    fn gateway_call(&mut self, call: &Call, mishap: Mishap) -> Answer {
        let uri: Uri = call.uri.parse().unwrap_or_default();
        let method = Method::from_bytes(call.operation.as_bytes()).unwrap_or_default();
        let now = self.now().as_second();
        let answer = self.gateway.answer(&method, &uri, &call.headers, call.body.as_bytes(), mishap, now);
        self.parcels.extend(answer.notices.into_iter().map(Parcel::Webhook));
        let headers = if answer.replayed { vec![("idempotent-replayed", "true")] } else { Vec::new() };
        Answer { status: answer.status, headers, body: answer.body }
    }

    /// A week has passed at the bank, whose clock is not ours: nothing is held any more.
    pub fn let_holds_lapse(&mut self) {
        let notices = self.gateway.expire(self.now().as_second() + HOLD_SECONDS);
        self.parcels.extend(notices.into_iter().map(Parcel::Webhook));
    }

    /// The bank sends the money of an order's last refund back, where there is one.
    pub fn send_refund_back(&mut self, order_id: &str) {
        let intents: Vec<&str> = self
            .gateway
            .intents()
            .iter()
            .filter(|intent| intent.order_id() == Some(order_id))
            .map(|intent| intent.id.as_str())
            .collect();
        let refund = self.gateway.refunds().iter().rfind(|refund| intents.contains(&refund.payment_intent.as_str()));
        let Some(id) = refund.map(|refund| refund.id.clone()) else { return };
        let notices = self.gateway.settle_refund(&id, false, self.now().as_second());
        self.refunds_came_back |= !notices.is_empty();
        self.parcels.extend(notices.into_iter().map(Parcel::Webhook));
    }

    /// A shopper whom the gateway knows from an order before: its id of them.
    #[cfg(test)]
    pub fn make_customer(&mut self) -> String {
        let answer = self.past_the_shop("/v1/customers", "");
        let made: serde_json::Value = serde_json::from_str(&answer.body).unwrap_or_default();
        made["id"].as_str().unwrap_or_default().to_owned()
    }

    /// What the gateway is asked for by others than the shop; nobody hears of it.
    #[cfg(test)]
    fn past_the_shop(&mut self, path: &str, form: &str) -> souk_gateway::offline::Answer {
        let mut headers = HeaderMap::new();
        if let Ok(key) = format!("Bearer {GATEWAY_KEY}").parse() {
            headers.insert("authorization", key);
        }
        let (uri, now) = (path.parse().unwrap_or_default(), self.now().as_second());
        self.gateway.answer(&Method::POST, &uri, &headers, form.as_bytes(), Mishap::None, now)
    }

    /// Somebody gives an order's money back at the gateway's own console, and no webhook tells.
    #[cfg(test)]
    pub fn refund_unheard(&mut self, order_id: &str, amount: i64) {
        let paid = self.gateway.intents().iter().find(|intent| intent.order_id() == Some(order_id));
        let Some(intent) = paid.map(|intent| intent.id.clone()) else { return };
        let _lost = self.past_the_shop("/v1/refunds", &format!("payment_intent={intent}&amount={amount}"));
    }

    /// The shopper answers their bank's challenge.
    pub fn authenticate(&mut self, intent: &str, succeeds: bool) {
        let notices = self.gateway.authenticate(intent, succeeds, self.now().as_second());
        self.parcels.extend(notices.into_iter().map(Parcel::Webhook));
    }

    /// The shopper's browser pays an intent with another card, by the intent's secret.
    pub fn pay_with_another_card(&mut self, intent: &str) {
        let open = |candidate: &&Intent| {
            candidate.id == intent && matches!(candidate.state, State::RequiresPaymentMethod | State::RequiresAction)
        };
        if self.gateway.intents().iter().find(open).is_none() {
            return;
        }
        let mut headers = HeaderMap::new();
        if let Ok(key) = format!("Bearer {GATEWAY_KEY}").parse() {
            headers.insert("authorization", key);
        }
        let uri = format!("/v1/payment_intents/{intent}/confirm").parse().unwrap_or_default();
        let now = self.now().as_second();
        let answer =
            self.gateway.answer(&Method::POST, &uri, &headers, b"payment_method=pm_card_visa", Mishap::None, now);
        self.parcels.extend(answer.notices.into_iter().map(Parcel::Webhook));
    }
}

fn queue_of(call: &Call) -> &str {
    call.json["QueueUrl"].as_str().and_then(|url| url.rsplit('/').next()).unwrap_or_default()
}

fn secret(call: &Call) -> Answer {
    if call.json["SecretId"] == SALE_KEYS {
        return match call.json["VersionStage"].as_str() {
            Some("AWSPREVIOUS") => aws_error(400, "ResourceNotFoundException", "it was never rotated"),
            _ => Answer::json(
                200,
                &json!({"Name": SALE_KEYS, "SecretString": json!({"key": flash_sale::KEYS_SECRET}).to_string()}),
            ),
        };
    }
    if call.json["SecretId"] == CARRIERS {
        let secret = json!({"c": [CARRIER_SECRET]}).to_string();
        return Answer::json(200, &json!({"Name": CARRIERS, "SecretString": secret}));
    }
    let secret = json!({"api_key": GATEWAY_KEY, "webhook_secret": WEBHOOK_SECRET}).to_string();
    Answer::json(200, &json!({"Name": "gateway", "SecretString": secret}))
}

fn conflict(call: &Call, rng: &mut fastrand::Rng) -> Answer {
    let writes = call.json["TransactItems"].as_array().map_or(1, Vec::len);
    let at = rng.usize(..writes);
    let code = |index| if index == at { "TransactionConflict" } else { "None" };
    let reasons: Vec<Value> = (0..writes).map(|index| json!({"Code": code(index)})).collect();
    let message = "Transaction cancelled, please refer cancellation reasons for specific reasons";
    Answer::json(
        400,
        &json!({
            "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
            "message": message,
            "Message": message,
            "CancellationReasons": reasons,
        }),
    )
}
