use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};

use super::{Api, REST, Reply, Shelf, address, eventually, fresh};

/// What a sale may take until it is open: its beacon comes out every three seconds, and its conductor
/// may be called by the sweeper.
const OPENING: Duration = Duration::from_secs(90);
/// What a turn may take in a sale that lets everybody in at once, on a machine that plays all of AWS to a crowd.
const TURN: Duration = Duration::from_secs(600);
/// A client waits as long as it is told, a test not for ever.
const LONGEST_PAUSE: Duration = Duration::from_secs(3);

/// A sale of a test's own, out of a shelf of its own.
pub struct FlashSale {
    pub id: String,
    pub shelf: Shelf,
    operator: Api,
}

impl FlashSale {
    /// Defines a sale that opens in a while, of so many units from a shelf that has twice as many.
    pub async fn defined(operator: &Api, units: u32) -> Self {
        Self::opening_in(operator, units, 600).await
    }

    async fn opening_in(operator: &Api, units: u32, seconds: i64) -> Self {
        let shelf = Shelf::stocked(operator, 5000, units * 2).await;
        let sale = Self { id: fresh("sale"), shelf, operator: operator.clone() };
        sale.put(sale.terms(units, seconds)).await.expect(201);
        sale
    }

    /// A sale that is open.
    pub async fn open(operator: &Api, units: u32) -> Self {
        let sale = Self::defined(operator, units).await;
        sale.say("open").await.expect(200);
        sale.reaches("OPEN").await;
        sale
    }

    /// A sale that opens by itself, as soon as its beacon is out.
    pub async fn opening_by_itself(operator: &Api, units: u32) -> Self {
        let sale = Self::opening_in(operator, units, 3).await;
        sale.reaches("OPEN").await;
        sale
    }

    /// A body that defines this sale.
    pub fn terms(&self, units: u32, opens_in_seconds: i64) -> Value {
        let opens_at = Timestamp::now() + SignedDuration::from_secs(opens_in_seconds);
        json!({
            "sku": self.shelf.sku, "units": units, "price": { "amount": 1999, "currency": "USD" },
            "opens_at": opens_at.to_string(),
        })
    }

    pub async fn put(&self, body: Value) -> Reply {
        self.operator.put(&format!("/admin/sales/{}", self.id), body).await
    }

    /// An operator's word: `open`, `pause`, `resume`, `close`.
    pub async fn say(&self, word: &str) -> Reply {
        self.operator.post(&format!("/admin/sales/{}/{word}", self.id), json!({})).await
    }

    /// Closes the sale, so that nobody has to conduct it any more.
    pub async fn end(&self) {
        self.say("close").await.expect(200);
    }

    /// The sale as operators see it.
    pub async fn watched(&self) -> Value {
        self.operator.get(&format!("/admin/sales/{}", self.id)).await.expect(200).body
    }

    pub async fn reaches(&self, status: &str) -> Value {
        eventually(&format!("{} {status}", self.id), OPENING, || async {
            let sale = self.watched().await;
            (sale["status"] == status).then_some(sale)
        })
        .await
    }

    /// Waits until operators see this progress: `[claimed, ordered, paid, returned, left]`.
    pub async fn comes_to(&self, wanted: [i64; 5]) -> Value {
        eventually(&format!("{} at {wanted:?}", self.id), REST, || async {
            let sale = self.watched().await;
            let progress =
                ["claimed", "ordered", "paid", "returned", "left"].map(|f| sale["progress"][f].as_i64().unwrap());
            (progress == wanted).then_some(sale)
        })
        .await
    }

    pub async fn join(&self, shopper: &Api) -> String {
        let joined = shopper.post(&format!("/sales/{}/queue", self.id), json!({})).await.expect(201);
        joined.text("ticket").to_owned()
    }

    pub async fn standing(&self, shopper: &Api, ticket: &str) -> Reply {
        shopper.send(Method::GET, &format!("/sales/{}/queue", self.id), &[("souk-ticket", ticket)], None).await
    }

    /// Waits for the shopper's turn and asks no more often than they are told; their admission, or `None` where
    /// everything is sold.
    pub async fn admission(&self, shopper: &Api, ticket: &str) -> Option<String> {
        let deadline = Instant::now() + TURN;
        loop {
            let standing = self.standing(shopper, ticket).await;
            let mut pause = Duration::from_secs(1);
            if standing.status < 500 && standing.status != 429 {
                let body = standing.expect(200).body;
                if let Some(admission) = body["admission"].as_str() {
                    return Some(admission.to_owned());
                }
                if body["sold_out"] == true {
                    return None;
                }
                pause = body["poll_after_seconds"].as_f64().map_or(pause, Duration::from_secs_f64).min(LONGEST_PAUSE);
            }
            assert!(Instant::now() < deadline, "{}: not their turn within {TURN:?}", self.id);
            tokio::time::sleep(pause).await;
        }
    }

    /// Asks for a unit.
    pub async fn ask(&self, shopper: &Api, admission: &str, payment_method: &str) -> Reply {
        let body = json!({ "payment_method": payment_method, "shipping_address": address() });
        let path = format!("/sales/{}/intents", self.id);
        shopper.send(Method::POST, &path, &[("souk-admission", admission)], Some(body)).await
    }

    /// Joins, waits, and asks for a unit.
    pub async fn buy(&self, shopper: &Api, payment_method: &str) -> Reply {
        let ticket = self.join(shopper).await;
        let admission = self.admission(shopper, &ticket).await.expect("sold out");
        self.ask(shopper, &admission, payment_method).await
    }

    /// The intent once it has this status.
    pub async fn intent_in(&self, shopper: &Api, intent_id: &str, status: &str) -> Value {
        eventually(&format!("{intent_id} {status}"), REST, || async {
            let reply = shopper.get(&format!("/sales/{}/intents/{intent_id}", self.id)).await;
            (reply.status == 200 && reply.body["status"] == status).then_some(reply.body)
        })
        .await
    }
}
