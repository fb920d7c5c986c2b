//! Webhooks, from the order to a subscriber that listens in this test. On AWS nobody reaches it: there these tests only
//! hear that its address is refused.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use reqwest::Method;
use serde_json::{Value, json};
use souk_dynamo::{Update, attribute, n, s};
use souk_testkit::stand_in::{Received, StandIn};

use super::warehouses::picked;
use crate::support::{Api, Reply, Shelf, eventually, fresh, is_signed, stack};

/// The sweeper runs every minute.
const DELIVERY: Duration = Duration::from_secs(120);
const NOBODY: &str = "/admin/webhooks/whk_00000000000000000000000000000000";

/// There are twenty webhooks at the most: who makes many of them is alone.
static ALONE: tokio::sync::RwLock<()> = tokio::sync::RwLock::const_new(());

/// Listens, and refuses each event so often before it takes it.
struct Subscriber {
    server: StandIn,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Subscriber {
    fn refusing(times: usize) -> Self {
        let received: Arc<Mutex<Vec<Received>>> = Arc::default();
        let (kept, seen) = (Arc::clone(&received), Mutex::new(HashMap::<String, usize>::new()));
        let server = StandIn::answering(move |request| {
            kept.lock().unwrap().push(request.clone());
            let mut seen = seen.lock().unwrap();
            let seen = seen.entry(request.header("webhook-id").unwrap_or_default().to_owned()).or_default();
            *seen += 1;
            Some((if *seen > times { 200 } else { 500 }, String::new()))
        });
        Self { server: server.unwrap(), received }
    }

    fn body(&self, event_types: &[&str]) -> Value {
        json!({ "url": format!("{}/hook", self.server.url()), "event_types": event_types })
    }

    /// What has come under this id.
    fn under(&self, event_id: &str) -> Vec<Received> {
        let all = self.received.lock().unwrap();
        all.iter().filter(|request| request.header("webhook-id") == Some(event_id)).cloned().collect()
    }

    /// The id of the event of this type that is about an order, once it has come.
    async fn event_about(&self, order_id: &str) -> String {
        eventually(&format!("a webhook about {order_id}"), DELIVERY, || async {
            let all = self.received.lock().unwrap().clone();
            let about = |request: &&Received| {
                serde_json::from_slice::<Value>(&request.body).unwrap()["data"]["order_id"] == order_id
            };
            all.iter().find(about).map(|request| request.header("webhook-id").unwrap().to_owned())
        })
        .await
    }
}

async fn subscribe(operator: &Api, subscriber: &Subscriber, event_types: &[&str]) -> Reply {
    operator.post("/admin/webhooks", subscriber.body(event_types)).await
}

/// A subscriber of this test, and what was answered to the operator who entered it.
struct Listening {
    operator: Api,
    subscriber: Subscriber,
    made: Reply,
    _others_may_too: tokio::sync::RwLockReadGuard<'static, ()>,
}

/// Has these types of events told to a subscriber that refuses each so often; `None` where nobody reaches this machine.
async fn listening(refusing: usize, event_types: &[&str]) -> Option<Listening> {
    if !stack().is_here() {
        return None;
    }
    let others_may_too = ALONE.read().await;
    let operator = stack().sign_in("operator").await;
    let subscriber = Subscriber::refusing(refusing);
    let made = subscribe(&operator, &subscriber, event_types).await.expect(201);
    Some(Listening { operator, subscriber, made, _others_may_too: others_may_too })
}

async fn end(operator: &Api, path: &str) {
    let etag = operator.get(path).await.expect(200).header("etag").to_owned();
    operator.send(Method::DELETE, path, &[("if-match", &etag)], None).await.expect(204);
    operator.get(path).await.expect_problem(404, "not-found");
}

/// The delivery of an event, once it stands so after so many attempts.
async fn delivery(operator: &Api, path: &str, event_id: &str, state: &str, attempts: u64) -> Value {
    eventually(&format!("{event_id} {state} after {attempts}"), DELIVERY, || async {
        let page = operator.get(&format!("{path}/deliveries?limit=200")).await.expect(200).body;
        let found = page["deliveries"].as_array().unwrap().iter().find(|found| found["event_id"] == event_id);
        found.filter(|found| found["state"] == state && found["attempts"] == attempts).cloned()
    })
    .await
}

/// What would take minutes or hours: the next attempt is due now.
async fn hurry(path: &str, event_id: &str) {
    let webhook_id = path.rsplit('/').next().unwrap();
    let update = Update::new().set("due_at", n(0)).set("sweep_at", n(0)).when(attribute("state").equals(s("PENDING")));
    let table = stack().table("WebhookDeliveriesTable").await;
    assert!(table.update(&[("webhook_id", webhook_id), ("event_id", event_id)], update).await.unwrap().is_written());
    stack().job("SweepDeliveries").await;
}

#[tokio::test]
async fn an_order_is_told_to_a_subscriber_that_takes_it_at_the_third_time() {
    let Some(listening) = listening(2, &["order.placed"]).await else { return };
    let Listening { operator, subscriber, made, .. } = &listening;
    let path = made.header("location").to_owned();
    let secret = made.text("secret").to_owned();
    assert!(!operator.get(&path).await.expect(200).body.to_string().contains("whsec_"), "it is shown once");
    assert!(!operator.get("/admin/webhooks").await.expect(200).body.to_string().contains("whsec_"));

    let shopper = stack().sign_in("shopper").await;
    let shelf = Shelf::stocked(operator, 900, 1).await;
    let placed = shopper.buy(&shelf.sku, 1, "pm_card_visa").await;
    let order_id = placed["order_id"].as_str().unwrap();
    let event_id = subscriber.event_about(order_id).await;
    let waiting = delivery(operator, &path, &event_id, "PENDING", 1).await;
    assert_eq!((&waiting["last_status"], &waiting["last_failure"]), (&json!(500), &json!("status")));
    assert!(waiting["next_attempt_at"].is_string());
    hurry(&path, &event_id).await;
    delivery(operator, &path, &event_id, "PENDING", 2).await;
    hurry(&path, &event_id).await;
    let delivered = delivery(operator, &path, &event_id, "DELIVERED", 3).await;
    assert_eq!((&delivered["last_status"], &delivered["event_type"]), (&json!(200), &json!("order.placed")));

    let requests = subscriber.under(&event_id);
    assert_eq!(requests.len(), 3);
    assert!(requests.iter().all(|request| is_signed(request, &secret) && request.body == requests[0].body));
    let body: Value = serde_json::from_slice(&requests[0].body).unwrap();
    assert_eq!((&body["id"], &body["data"]["total"]["amount"]), (&json!(event_id), &json!(900)));
    assert_eq!(body["data"]["user_id"], Value::Null);

    // Again, with a new secret beside the former one.
    let etag = operator.get(&path).await.header("etag").to_owned();
    let rotated =
        operator.send(Method::POST, &format!("{path}/secret"), &[("if-match", &etag)], None).await.expect(200);
    assert!(rotated.body["former_secret_until"].is_string());
    operator.post(&format!("{path}/deliveries/{event_id}/replay"), Value::Null).await.expect(202);
    delivery(operator, &path, &event_id, "DELIVERED", 4).await;
    let again = subscriber.under(&event_id).pop().unwrap();
    assert!(is_signed(&again, &secret) && is_signed(&again, rotated.text("secret")));
    end(operator, &path).await;
}

#[tokio::test]
async fn a_shortage_is_told_with_what_the_order_has_left() {
    let Some(listening) = listening(0, &["order.units_missing"]).await else { return };
    let Listening { operator, subscriber, made, .. } = &listening;
    let (shopper, warehouse) = (stack().sign_in("shopper").await, stack().sign_in("warehouse").await);
    let (place, tea, pot) = (fresh("place"), fresh("tea"), fresh("pot"));
    let (order_id, path) = picked(&shopper, &warehouse, [(&tea, 2), (&pot, 1)], &place).await;
    warehouse.post(&format!("{path}/shortages"), json!({ "sku": tea, "found": 1 })).await.expect(200);
    let event_id = subscriber.event_about(&order_id).await;
    let body: Value = serde_json::from_slice(&subscriber.under(&event_id)[0].body).unwrap();
    assert_eq!((&body["type"], &body["data"]["sku"]), (&json!("order.units_missing"), &json!(tea)));
    let left = &body["data"]["left"];
    let line = |sku: &str| json!({ "sku": sku, "quantity": 1 });
    let lines = left["lines"].as_array().unwrap();
    assert!(lines.len() == 2 && lines.contains(&line(&tea)) && lines.contains(&line(&pot)), "{left}");
    assert_eq!(left["due"]["amount"], 3000);
    end(operator, made.header("location")).await;
}

#[tokio::test]
async fn a_subscriber_hears_that_a_cancellation_is_settled() {
    let Some(listening) = listening(0, &["order.cancellation_settled"]).await else { return };
    let Listening { operator, subscriber, made, .. } = &listening;
    let shopper = stack().sign_in("shopper").await;
    let shelf = Shelf::stocked(operator, 700, 1).await;
    let order_id = shopper.buy(&shelf.sku, 1, "pm_card_visa").await["order_id"].as_str().unwrap().to_owned();
    shopper.order_in(&order_id, "CONFIRMED").await;
    shopper.post(&format!("/orders/{order_id}/cancel"), json!({})).await.expect(200);
    let event_id = subscriber.event_about(&order_id).await;
    let body: Value = serde_json::from_slice(&subscriber.under(&event_id)[0].body).unwrap();
    assert_eq!((&body["type"], &body["data"]["status"]), (&json!("order.cancellation_settled"), &json!("CANCELLED")));
    assert_eq!(body["data"]["cancel_reason"], "customer");
    end(operator, made.header("location")).await;
}

#[tokio::test]
async fn an_operator_tries_the_way_and_replays_what_has_failed() {
    // What other tests cancel is told, too, and taken at the first time: only this one's ping is made to fail.
    let Some(listening) = listening(0, &["order.cancellation_settled"]).await else { return };
    let Listening { operator, subscriber, made, .. } = &listening;
    let path = made.header("location").to_owned();
    let pinged = operator.post(&format!("{path}/ping"), Value::Null).await.expect(202);
    let event_id = pinged.text("event_id").to_owned();
    delivery(operator, &path, &event_id, "DELIVERED", 1).await;
    assert!(is_signed(&subscriber.under(&event_id)[0], made.text("secret")));

    // As if it had been given up.
    let webhook_id = path.rsplit('/').next().unwrap();
    let table = stack().table("WebhookDeliveriesTable").await;
    let failed = Update::new().set("state", s("FAILED")).set("failed", s("given_up"));
    let _written = table.update(&[("webhook_id", webhook_id), ("event_id", &event_id)], failed).await.unwrap();
    let listed = operator.get(&format!("{path}/deliveries?state=FAILED&limit=1")).await.expect(200);
    assert_eq!(listed.body["deliveries"][0]["failure_reason"], "given_up");
    let range = json!({ "from": "2020-01-01T00:00:00Z", "to": "2100-01-01T00:00:00Z" });
    let replayed = operator.post(&format!("{path}/replay"), range.clone()).await.expect(202);
    assert_eq!(replayed.body["replayed"], 1, "{}", replayed.body);
    stack().job("SweepDeliveries").await;
    delivery(operator, &path, &event_id, "DELIVERED", 2).await;

    let mut body = subscriber.body(&["order.cancellation_settled"]);
    body["enabled"] = json!(false);
    let etag = operator.get(&path).await.header("etag").to_owned();
    let put = |etag: &str| {
        let (operator, path, body, etag) = (operator.clone(), path.clone(), body.clone(), etag.to_owned());
        async move { operator.send(Method::PUT, &path, &[("if-match", &etag)], Some(body)).await }
    };
    assert_eq!(put(&etag).await.expect(200).body["disabled_reason"], "operator");
    put(&etag).await.expect_problem(412, "stale-version");
    operator.put(&path, body.clone()).await.expect_problem(428, "if-match-required");
    let refused = [format!("{path}/ping"), format!("{path}/deliveries/{event_id}/replay")];
    for path in refused {
        operator.post(&path, Value::Null).await.expect_problem(409, "webhook-disabled");
    }
    operator.post(&format!("{path}/replay"), range).await.expect_problem(409, "webhook-disabled");
    operator.delete(&path).await.expect_problem(428, "if-match-required");
    operator.post(&format!("{path}/secret"), Value::Null).await.expect_problem(428, "if-match-required");
    for (method, path) in [(Method::DELETE, path.clone()), (Method::POST, format!("{path}/secret"))] {
        let stale = operator.send(method, &path, &[("if-match", "\"77\"")], None).await;
        stale.expect_problem(412, "stale-version");
    }
    end(operator, &path).await;
}

#[tokio::test]
async fn what_an_operator_may_not_say_is_refused() {
    let operator = stack().sign_in("operator").await;
    let post = async |body: Value| operator.post("/admin/webhooks", body).await;
    for url in [
        "http://example.com/hook",
        "https://127.0.0.1/hook",
        "https://[::1]/hook",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/hook",
        "https://user:pass@example.com/hook",
        "https://example.com:8443/hook",
        "http://10.0.0.1:80/",
        "ftp://example.com",
        "",
    ] {
        let refused = post(json!({ "url": url, "event_types": ["order.placed"] })).await;
        refused.expect_problem(400, "invalid-request").about_field("url");
    }
    let url = "https://example.com/hook";
    for event_types in [json!([]), json!(["webhook.ping"])] {
        let refused = post(json!({ "url": url, "event_types": event_types })).await;
        refused.expect_problem(400, "invalid-request").about_field("event_types");
    }
    post(json!({ "url": url, "event_types": ["order.lost"] })).await.expect_problem(400, "invalid-request");
    let long = json!({ "url": url, "event_types": ["order.placed"], "description": "x".repeat(201) });
    post(long).await.expect_problem(400, "invalid-request").about_field("description");
    post(json!({ "url": url, "event_types": ["order.placed"], "secret": "mine" }))
        .await
        .expect_problem(400, "invalid-request");
    let backwards = json!({ "from": "2026-11-29T10:00:00Z", "to": "2026-11-29T10:00:00Z" });
    operator
        .post(&format!("{NOBODY}/replay"), backwards)
        .await
        .expect_problem(400, "invalid-request")
        .about_field("to");
    for query in ["limit=0", "limit=201", "state=LOST", "cursor=x", "sort=1"] {
        operator.get(&format!("{NOBODY}/deliveries?{query}")).await.expect_problem(400, "invalid-request");
    }
}

#[tokio::test]
async fn webhooks_are_operators_and_what_is_not_there_is_404() {
    let operator = stack().sign_in("operator").await;
    let event = format!("{NOBODY}/deliveries/evt_00000000000000000000000000000000/replay");
    let put = json!({ "url": "https://example.com/hook", "event_types": ["order.placed"], "enabled": true });
    let range = json!({ "from": "2026-11-29T10:00:00Z", "to": "2026-11-29T11:00:00Z" });
    let calls: Vec<(Method, String, Value)> = vec![
        (Method::GET, NOBODY.to_owned(), Value::Null),
        (Method::PUT, NOBODY.to_owned(), put.clone()),
        (Method::DELETE, NOBODY.to_owned(), Value::Null),
        (Method::POST, format!("{NOBODY}/secret"), Value::Null),
        (Method::POST, format!("{NOBODY}/ping"), Value::Null),
        (Method::GET, format!("{NOBODY}/deliveries"), Value::Null),
        (Method::POST, event, Value::Null),
        (Method::POST, format!("{NOBODY}/replay"), range),
    ];
    let collection =
        [(Method::GET, "/admin/webhooks".to_owned(), Value::Null), (Method::POST, "/admin/webhooks".to_owned(), put)];
    let send = async |api: &Api, (method, path, body): &(Method, String, Value)| {
        let body = (!body.is_null()).then(|| body.clone());
        api.send(method.clone(), path, &[("if-match", "\"1\"")], body).await
    };
    let strangers = [stack().sign_in("shopper").await, stack().sign_in("warehouse").await];
    for call in calls.iter().chain(&collection) {
        assert_eq!(send(&stack().guest(), call).await.status, 401, "{call:?}");
        for stranger in &strangers {
            send(stranger, call).await.expect_problem(403, "forbidden");
        }
    }
    for call in &calls {
        send(&operator, call).await.expect_problem(404, "not-found");
    }
}

#[tokio::test]
async fn there_are_twenty_at_the_most() {
    let _alone = ALONE.write().await;
    let operator = stack().sign_in("operator").await;
    let body = json!({ "url": "https://example.com/hook", "event_types": ["order.delivered"] });
    let mut made = Vec::new();
    let refused = loop {
        let answer = operator.post("/admin/webhooks", body.clone()).await;
        if answer.status != 201 {
            break answer;
        }
        made.push(answer.header("location").to_owned());
        assert!(made.len() <= 20);
        // Nothing may go there.
        let mut off = body.clone();
        off["enabled"] = json!(false);
        let etag = answer.header("etag").to_owned();
        operator.send(Method::PUT, made.last().unwrap(), &[("if-match", &etag)], Some(off)).await.expect(200);
    };
    for path in &made {
        end(&operator, path).await;
    }
    refused.expect_problem(409, "too-many-webhooks");
}
