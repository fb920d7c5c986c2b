use std::time::Duration;

use serde_json::{Value, json};

use super::{Api, Reply, Stack, address, eventually, fresh};

/// Longer than a saga takes on a busy machine.
const SAGA: Duration = Duration::from_secs(20);
/// Longer than an order waits for its payment, and a sweeper may be late.
const TIME_TO_PAY: Duration = Duration::from_secs(150);

impl Api {
    /// Holds units of one SKU.
    pub async fn check_out(&self, sku: &str, quantity: u32) -> Reply {
        self.post("/checkouts", json!({ "lines": [{ "sku": sku, "quantity": quantity }] })).await
    }

    /// Orders a checkout under a key.
    pub async fn order(&self, key: &str, checkout_id: &str, payment_method: &str) -> Reply {
        let body =
            json!({ "checkout_id": checkout_id, "payment_method": payment_method, "shipping_address": address() });
        self.send(reqwest::Method::POST, "/orders", &[("idempotency-key", key)], Some(body)).await
    }

    /// Checks out and orders under a fresh key; the order as it was answered.
    pub async fn buy(&self, sku: &str, quantity: u32, payment_method: &str) -> Value {
        let checkout = self.check_out(sku, quantity).await.expect(201);
        self.order(&fresh("key"), checkout.text("checkout_id"), payment_method).await.expect(201).body
    }

    /// All of this shopper's orders of one SKU.
    pub async fn orders_of(&self, sku: &str) -> Vec<String> {
        let (mut found, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = self.get(&format!("/orders?limit=50{cursor}")).await.expect(200).body;
            let orders = page["orders"].as_array().unwrap();
            let of_sku = orders.iter().filter(|order| order["lines"][0]["sku"] == sku);
            found.extend(of_sku.map(|order| order["order_id"].as_str().unwrap().to_owned()));
            match page["cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return found,
            }
        }
    }

    /// The order once it has this status.
    pub async fn order_in(&self, order_id: &str, status: &str) -> Value {
        eventually(&format!("{order_id} {status}"), SAGA, || async {
            let order = self.get(&format!("/orders/{order_id}")).await.expect(200).body;
            (order["status"] == status).then_some(order)
        })
        .await
    }

    /// The order once its payment has this status.
    async fn payment_in(&self, order_id: &str, status: &str) -> Value {
        eventually(&format!("{order_id}'s payment {status}"), SAGA, || async {
            let order = self.get(&format!("/orders/{order_id}")).await.expect(200).body;
            (order["payment"]["status"] == status).then_some(order)
        })
        .await
    }

    /// Buys a unit by a card whose bank wants to see the shopper: the order once it asks for that.
    pub async fn buy_before_the_bank(&self, sku: &str) -> Value {
        let placed = self.buy(sku, 1, "pm_card_authenticationRequired").await;
        self.payment_in(placed["order_id"].as_str().unwrap(), "REQUIRES_ACTION").await
    }

    /// The order, which waits for another payment method, once its own was declined.
    pub async fn declined(&self, order_id: &str) -> Value {
        let declined = self.payment_in(order_id, "DECLINED").await;
        assert_eq!(declined["status"], "PENDING_PAYMENT", "its time to pay is not over");
        assert!(declined["pay_by"].is_string(), "it says how long it waits: {declined}");
        declined
    }

    /// Names another payment method for an order under a key.
    pub async fn pay(&self, key: &str, order_id: &str, payment_method: &str) -> Reply {
        let body = Some(json!({ "payment_method": payment_method }));
        let path = format!("/orders/{order_id}/payment");
        self.send(reqwest::Method::POST, &path, &[("idempotency-key", key)], body).await
    }

    /// Gives an order up; the order as it is answered.
    pub async fn cancel(&self, order_id: &str) -> Value {
        let cancelled = self.post(&format!("/orders/{order_id}/cancel"), json!({})).await.expect(200).body;
        assert_eq!(cancelled["status"], "CANCELLED");
        cancelled
    }

    /// The order, once it is cancelled since nobody paid it in time.
    pub async fn lapsed(&self, order_id: &str) -> Value {
        eventually(&format!("{order_id} ends"), TIME_TO_PAY, || async {
            let order = self.get(&format!("/orders/{order_id}")).await.expect(200).body;
            (order["status"] == "CANCELLED").then_some(order)
        })
        .await
    }

    /// A warehouse's work for an order, once it is opened.
    pub async fn work(&self, order_id: &str, warehouse_id: &str) -> Value {
        let path = format!("/admin/orders/{order_id}/fulfilments/{warehouse_id}");
        eventually(&format!("work for {order_id}"), SAGA, || async {
            let reply = self.get(&path).await;
            (reply.status == 200).then_some(reply.body)
        })
        .await
    }

    /// The order as operators see it, once stock and money have followed its decision.
    pub async fn settled(&self, order_id: &str) -> Value {
        eventually(&format!("{order_id} settled"), SAGA, || async {
            let order = self.get(&format!("/admin/orders/{order_id}")).await.expect(200).body;
            (order["settled"] == true).then_some(order)
        })
        .await
    }
}

/// What the gateway really did for an order.
#[derive(Debug, PartialEq, Eq)]
pub struct Effects {
    pub authorizations: u64,
    pub captures: u64,
    pub voids: u64,
    pub refunds: u64,
}

impl Stack {
    /// The intents that the gateway made for an order.
    pub async fn intents(&self, order_id: &str) -> Vec<Value> {
        let url = format!("{}/__fake/intents?order_id={order_id}", self.gateway_url);
        let answer: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
        answer["intents"].as_array().cloned().unwrap_or_default()
    }

    /// What the gateway did for an order, over all its intents.
    pub async fn effects(&self, order_id: &str) -> Effects {
        let intents = self.intents(order_id).await;
        let sum = |name: &str| intents.iter().map(|intent| intent["effects"][name].as_u64().unwrap()).sum();
        Effects {
            authorizations: sum("authorizations"),
            captures: sum("captures"),
            voids: sum("voids"),
            refunds: sum("refunds"),
        }
    }

    /// Lets the gateway fail for one order.
    pub async fn fault(&self, fault: Value) {
        let client = reqwest::Client::new();
        let answer = client.post(format!("{}/__fake/faults", self.gateway_url)).json(&fault).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    /// The gateway fails for this order no more.
    pub async fn mend(&self, order_id: &str) {
        let url = format!("{}/__fake/faults?order_id={order_id}", self.gateway_url);
        assert!(reqwest::Client::new().delete(url).send().await.unwrap().status().is_success());
    }

    /// The gateway lets go of the money that it holds for an order, as it does after a week.
    pub async fn expire_authorization(&self, order_id: &str) {
        for intent in self.intents(order_id).await {
            let url = format!("{}/__fake/intents/{}/expire", self.gateway_url, intent["id"].as_str().unwrap());
            let answer = reqwest::Client::new().post(url).send().await.unwrap();
            assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
        }
    }

    /// The gateway's refunds of an order, oldest first.
    pub async fn refunds(&self, order_id: &str) -> Vec<Value> {
        let url = format!("{}/__fake/refunds?order_id={order_id}", self.gateway_url);
        let answer: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
        answer["refunds"].as_array().cloned().unwrap_or_default()
    }

    /// The bank takes an order's last refund (`succeed`), or sends its money back (`fail`).
    pub async fn settle_refund(&self, order_id: &str, outcome: &str) {
        let refunds = self.refunds(order_id).await;
        let id = refunds.last().unwrap()["id"].as_str().unwrap();
        let url = format!("{}/__fake/refunds/{id}/settle", self.gateway_url);
        let answer = reqwest::Client::new().post(url).json(&json!({ "outcome": outcome })).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    /// What happens at the gateway itself, by its path below `/__fake/`; its answer.
    pub async fn at_the_gateway(&self, path: &str, body: Value) -> Value {
        let url = format!("{}/__fake/{path}", self.gateway_url);
        let answer = reqwest::Client::new().post(url).json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
        answer.json().await.unwrap()
    }

    /// Plays the customer who passes the 3-D Secure challenge of an order's only intent.
    pub async fn pass_challenge(&self, order_id: &str) {
        let intents = self.intents(order_id).await;
        self.authenticate(intents[0]["id"].as_str().unwrap(), "succeed").await;
    }

    /// Plays the customer at the 3-D Secure challenge.
    pub async fn authenticate(&self, intent_id: &str, outcome: &str) {
        let url = format!("{}/__fake/intents/{intent_id}/authenticate", self.gateway_url);
        let answer = reqwest::Client::new().post(url).json(&json!({ "outcome": outcome })).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }
}
