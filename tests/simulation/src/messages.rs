//! What shoppers are told: the bus's events on their way to `send-messages`, the user pool, the mails, and what must
//! hold of them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use souk_fn_notifications::send_messages::{OrderEvent, news};
use souk_runtime::queue::Message;

use crate::{
    call::{Answer, Call},
    clock::pause_millis,
    sim::Sim,
    world::World,
};

/// An event that failed comes back after so many milliseconds: the queue's visibility timeout.
const VISIBILITY_MILLIS: u64 = 180_000;
/// No event needs more tries than this, its redrives included: faults are fewer.
const TRIES: u32 = 100;
/// A shopper whose address nobody has verified.
const UNREACHABLE: &str = "user-2";

/// Brings an event so often, each time late as it may be, and again until it is done: what ends among the dead letters
/// is redriven.
pub fn bring(sim: &Sim, envelope: &Value, copies: usize, lateness: impl Fn() -> u64) {
    // What the queue's rule does not match.
    if serde_json::from_value::<OrderEvent>(envelope.clone()).is_err() {
        return;
    }
    for _ in 0..copies {
        let (sim, envelope, late) = (sim.clone(), envelope.clone(), lateness());
        // Each is a message of its own in the queue, which has its id until it is done.
        let id = format!("m-{}", sim.within(0..u64::MAX));
        let executor = sim.executor.clone();
        executor.spawn("news", async move {
            pause_millis(late).await;
            for _ in 0..TRIES {
                let Ok(event) = serde_json::from_value::<OrderEvent>(envelope.clone()) else { return };
                let (functions, call) = (sim.functions, sim.function_call());
                let news = news(Message { body: event, id: id.clone(), receive_count: 1 });
                let told =
                    sim.invoke("send-messages", async move { functions.send_message.run(&news, call).await.is_ok() });
                if told.await == Ok(true) {
                    return;
                }
                pause_millis(VISIBILITY_MILLIS).await;
            }
            sim.promises.borrow_mut().violations.push(format!("invariant_i13: {envelope} is never done"));
        });
    }
}

/// What the user pool says of a shopper.
pub fn contact(call: &Call) -> Answer {
    let user = call.json["Username"].as_str().unwrap_or_default();
    let verified = if user == UNREACHABLE { "false" } else { "true" };
    let attributes = json!([
        { "Name": "email", "Value": format!("{user}@souk.test") }, { "Name": "email_verified", "Value": verified },
    ]);
    Answer::json(200, &json!({ "Username": user, "UserAttributes": attributes }))
}

/// The id of the message that a mail is of.
pub fn message_of(call: &Call) -> String {
    let tags = call.json["EmailTags"].as_array().into_iter().flatten();
    let tag = tags.filter(|tag| tag["Name"] == "message").find_map(|tag| tag["Value"].as_str());
    tag.unwrap_or_default().to_owned()
}

/// The messages of which one tells what was published.
fn told_by(event: &Value) -> Vec<String> {
    let detail = &event["detail"];
    let number = |name: &str| detail[name].as_u64().unwrap_or_default();
    match event["detail-type"].as_str().unwrap_or_default() {
        "OrderPlaced" => vec!["order_placed".to_owned()],
        "OrderConfirmed" => vec!["order_confirmed".to_owned(), "sale_won".to_owned()],
        "OrderCancelled" => vec!["order_cancelled".to_owned(), "sale_lost".to_owned()],
        "OrderDelivered" => vec!["order_delivered".to_owned()],
        "ParcelShipped" => vec!["order_shipped".to_owned(), format!("parcel_shipped-{}", number("shipment"))],
        "TrackingChanged" => {
            let part = ["shipment", "parcel", "correction"].map(|name| number(name).to_string()).join("-");
            vec![format!("tracking_changed-{part}")]
        }
        "RefundSucceeded" => vec![format!("order_refunded-{}", detail["refund_id"].as_str().unwrap_or_default())],
        "PaymentActionRequired" => vec!["payment_action".to_owned()],
        _ => Vec::new(),
    }
}

/// Whether what was published may have passed before its message was due: a refund that the bank sends back, a
/// challenge that the shopper has passed.
fn may_have_passed(event: &Value, standing: &BTreeSet<String>) -> bool {
    match event["detail-type"].as_str().unwrap_or_default() {
        "RefundSucceeded" => !standing.contains(event["detail"]["refund_id"].as_str().unwrap_or_default()),
        "PaymentActionRequired" => true,
        _ => false,
    }
}

/// I13: each event that shoppers are told of has one message, which was sent once; or it says that it is withheld, that it
/// may have been sent twice, or that nobody knows. A refund is told where money went back.
pub fn invariant_i13_each_event_is_told_once_or_says_why_not(world: &World) -> Vec<String> {
    let mut wrong = Vec::new();
    let messages = world.observer.images("messages");
    let messages: BTreeMap<&str, _> =
        messages.iter().filter_map(|message| Some((message.get("id")?.as_str()?, message))).collect();
    let payments = world.observer.images("payments");
    let refunds = payments.iter().filter_map(|payment| payment.get("refunds")?.as_array()).flatten();
    let standing: BTreeSet<String> = refunds
        .filter(|refund| refund["state"] == "SUCCEEDED")
        .filter_map(|refund| Some(refund["refund_id"].as_str()?.to_owned()))
        .collect();
    let (mut expected, mut passing) = (BTreeSet::new(), BTreeSet::new());
    for event in &world.events {
        let order_id = event["detail"]["order_id"].as_str().unwrap_or_default();
        let ids: Vec<String> = told_by(event).iter().map(|kind| format!("{order_id}-{kind}")).collect();
        let told = ids.iter().filter(|id| messages.contains_key(id.as_str())).count();
        let may_have_passed = may_have_passed(event, &standing);
        let right = told == usize::from(!ids.is_empty()) || (told == 0 && may_have_passed);
        if !right {
            wrong.push(format!("invariant_i13: {} of {order_id} has {told} messages", event["detail-type"]));
        }
        passing.extend(ids.iter().filter(|_| may_have_passed).cloned());
        expected.extend(ids);
    }
    for order in world.observer.images("orders") {
        let order_id = order["order_id"].as_str().unwrap_or_default();
        let shortages = order.get("shortages").and_then(Value::as_array).map_or(0, Vec::len);
        for id in (1..=shortages).map(|number| format!("{order_id}-units_missing-{number}")) {
            if !messages.contains_key(id.as_str()) {
                wrong.push(format!("invariant_i13: {id} was never told"));
            }
            expected.insert(id);
        }
    }
    let mut mails: BTreeMap<&str, usize> = BTreeMap::new();
    for mail in &world.mails {
        *mails.entry(mail.as_str()).or_default() += 1;
    }
    for (id, message) in &messages {
        let (state, attempt) = (message["state"].as_str().unwrap_or_default(), message["attempt"].as_i64());
        let sent = mails.remove(id).unwrap_or_default();
        let right = match (state, attempt) {
            ("SENT", Some(1)) => sent == 1 || (sent == 0 && passing.contains(*id)),
            ("SENT", _) => (1..=2).contains(&sent) || passing.contains(*id),
            ("WITHHELD", Some(1)) => sent == 0,
            ("WITHHELD" | "UNKNOWN", _) => sent <= 2,
            // Its next try found that there was nothing to tell any more.
            ("WAITING", _) => passing.contains(*id) && sent <= 2,
            _ => false,
        };
        if !right {
            wrong.push(format!("invariant_i13: {id} is {state} in its attempt {attempt:?}, and was sent {sent} times"));
        }
        if !expected.contains(*id) {
            wrong.push(format!("invariant_i13: {id} tells of nothing that was published"));
        }
    }
    wrong.extend(mails.keys().map(|id| format!("invariant_i13: a mail went out for {id}, which is no message")));
    wrong
}
