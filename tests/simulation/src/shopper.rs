//! Shoppers: they check out, order, order again, change their mind, prove who they are, or do not.

use std::rc::Rc;

use serde_json::{Value, json};
use souk_domain::ids::OrderId;
use souk_fn_orders::{checkouts, orders};
use souk_runtime::http::Response;
use uuid::Uuid;

use crate::{
    clock::pause_millis,
    deliveries::Deliveries,
    promises::{PromisedCard, PromisedCheckout, PromisedOrder, lines_of},
    requests::{address, request},
    sim::Sim,
    staff,
};

/// How often a client repeats a request that got no answer.
const ATTEMPTS: usize = 4;

/// One tab of a shopper's browser.
#[derive(Clone)]
pub struct Tab {
    /// The schedule.
    pub sim: Sim,
    /// Who brings events.
    pub deliveries: Deliveries,
    /// The shopper.
    pub user_id: String,
    /// The key of the order that this tab places.
    pub key: String,
    /// What is bought; `None` where it is the whole cart.
    pub lines: Option<Value>,
}

struct CheckedOut {
    checkout_id: String,
    total: i64,
}

impl Tab {
    /// Buys, or tries to.
    pub async fn shop(self) {
        pause_millis(self.sim.pick(&[0, 0, 0, 5, 1_000, 20_000])).await;
        let Some(checkout) = self.check_out().await else { return };
        if self.sim.chance(80) {
            let this = self.clone();
            let checkout_id = checkout.checkout_id.clone();
            self.sim.executor.spawn("shopper", async move { this.give_up(&checkout_id).await });
        }
        if self.sim.chance(100) {
            // Nothing comes of it: the timer frees the units.
            return;
        }
        let hesitates = self.sim.pick(&[0, 0, 0, 0, 0, 800, 10_000, 890_000, 899_500, 900_500]);
        pause_millis(hesitates).await;
        self.place(&checkout).await;
    }

    async fn check_out(&self) -> Option<CheckedOut> {
        let body = self.lines.as_ref().map_or_else(|| json!({}), |lines| json!({"lines": lines}));
        let named = self.sim.second_edition && self.sim.chance(400);
        for _ in 0..ATTEMPTS {
            let request = request("POST", "/checkouts").by(&self.user_id).body(&body.to_string());
            let request = if named { request.header("idempotency-key", &self.key) } else { request }.build();
            let id = Uuid::from_u128(self.sim.bits());
            let (deps, call) = (Rc::clone(&self.sim.create_checkout), self.sim.function_call());
            let run = async move { checkouts::create_checkout::handle(&deps, request, call.making(id)).await };
            let response = self.sim.http("create-checkout", run).await;
            if let Some(response) = response.filter(|response| response.status < 500) {
                let answer = body_of(&response);
                let checkout_id = answer["checkout_id"].as_str()?.to_owned();
                let total = answer["total"]["amount"].as_i64()?;
                let promise = PromisedCheckout { checkout_id: checkout_id.clone(), total };
                self.sim.promises.borrow_mut().checkouts.push(promise);
                return Some(CheckedOut { checkout_id, total });
            }
            self.think().await;
        }
        None
    }

    async fn give_up(&self, checkout_id: &str) {
        pause_millis(self.sim.pick(&[0, 0, 500, 10_000])).await;
        for _ in 0..ATTEMPTS {
            let path = format!("/checkouts/{checkout_id}");
            let request = request("DELETE", &path).by(&self.user_id).path("checkout_id", checkout_id).build();
            let (functions, call) = (self.sim.functions, self.sim.function_call());
            let run =
                async move { checkouts::delete_checkout::handle(&functions.delete_checkout, request, call).await };
            let response = self.sim.http("delete-checkout", run).await;
            if response.is_some_and(|response| response.status < 500) {
                return;
            }
            self.think().await;
        }
    }

    async fn place(&self, checkout: &CheckedOut) {
        let Ok(user_id) = self.user_id.parse() else { return };
        let order_id = match checkout.checkout_id.parse() {
            Ok(checkout_id) if self.sim.second_edition => OrderId::of_checkout(&checkout_id),
            _ => OrderId::of_request(&user_id, &self.key),
        };
        let order_id = order_id.to_string();
        self.sim.promises.borrow_mut().possible_orders.push(order_id.clone());
        let method = payment_method(&self.sim);
        let mut body = json!({"checkout_id": checkout.checkout_id, "payment_method": method});
        body["shipping_address"] = Value::Object(address());
        staff::follow(&self.sim, &self.deliveries, &order_id);
        self.follow(&order_id);
        if self.sim.chance(250) {
            // A double click.
            let (this, body, order_id, total) = (self.clone(), body.to_string(), order_id.clone(), checkout.total);
            self.sim.executor.spawn("shopper", async move { this.order(&body, &order_id, total).await });
        }
        self.order(&body.to_string(), &order_id, checkout.total).await;
    }

    async fn order(&self, body: &str, order_id: &str, total: i64) {
        for _ in 0..ATTEMPTS {
            let request =
                request("POST", "/orders").by(&self.user_id).header("idempotency-key", &self.key).body(body).build();
            let (functions, call) = (self.sim.functions, self.sim.function_call());
            let run = async move { orders::place_order::handle(&functions.place_order, request, call).await };
            let response = self.sim.http("place-order", run).await;
            if let Some(response) = response.filter(|response| response.status < 500) {
                if matches!(response.status, 200 | 201) {
                    self.promised(order_id, total, &body_of(&response));
                }
                return;
            }
            self.think().await;
        }
    }

    fn promised(&self, order_id: &str, total: i64, answer: &Value) {
        let mut promises = self.sim.promises.borrow_mut();
        if answer["order_id"].as_str() != Some(order_id) {
            promises.violations.push(format!("invariant_i4: {order_id} was answered as {}", answer["order_id"]));
        }
        if answer["total"]["amount"].as_i64() != Some(total) {
            let text = format!("invariant_i11: {order_id} costs {}, its checkout {total}", answer["total"]["amount"]);
            promises.violations.push(text);
        }
        promises.orders.push(PromisedOrder {
            order_id: order_id.to_owned(),
            user_id: self.user_id.clone(),
            lines: lines_of(answer),
            total,
        });
    }

    /// What the shopper does about an order beside placing it, each at its own time.
    pub fn follow(&self, order_id: &str) {
        let (this, id) = (self.clone(), order_id.to_owned());
        self.sim.executor.spawn("shopper", async move { this.prove_identity(&id).await });
        if self.sim.chance(if self.sim.theme.ships() { 350 } else { 200 }) {
            let (this, id) = (self.clone(), order_id.to_owned());
            self.sim.executor.spawn("shopper", async move { this.cancel(&id).await });
        }
        if self.sim.second_edition && !self.sim.theme.ships() && self.sim.chance(600) {
            let (this, id) = (self.clone(), order_id.to_owned());
            self.sim.executor.spawn("shopper", async move { this.try_other_cards(&id).await });
        }
    }

    /// Another card where one was declined, now and then by two tabs at once: with one key or with two.
    async fn try_other_cards(&self, order_id: &str) {
        for key in ["first", "second", "third"] {
            pause_millis(self.sim.pick(&[50, 400, 1_000, 5_000, 60_000, 880_000, 899_500])).await;
            if self.sim.chance(300) {
                let key = if self.sim.chance(500) { key } else { "beside" };
                let (this, id) = (self.clone(), order_id.to_owned());
                self.sim.executor.spawn("shopper", async move { this.pay_with(key, &id).await });
            }
            self.pay_with(key, order_id).await;
        }
    }

    async fn pay_with(&self, key: &str, order_id: &str) {
        // What a key pays with is the same whenever it is sent.
        let card = match key {
            "first" => "pm_card_authenticationRequired",
            "second" => "pm_card_chargeDeclined",
            "beside" => "pm_nobody_knows",
            _ => "pm_card_visa",
        };
        let body = json!({"payment_method": card}).to_string();
        for _ in 0..ATTEMPTS {
            let path = format!("/orders/{order_id}/payment");
            let request = request("POST", &path).by(&self.user_id).path("order_id", order_id);
            let request = request.header("idempotency-key", key).body(&body).build();
            let (functions, call) = (self.sim.functions, self.sim.function_call());
            let run = async move { orders::pay_order::handle(&functions.pay_order, request, call).await };
            match self.sim.http("pay-order", run).await {
                Some(response) if response.status == 202 => {
                    let promise = PromisedCard { order_id: order_id.to_owned(), card };
                    return self.sim.promises.borrow_mut().cards.push(promise);
                }
                // It was not declined yet, or never is.
                Some(response) if response.status < 500 && self.sim.chance(500) => return,
                _ => self.think().await,
            }
        }
    }

    /// 3-D Secure, in time or not; another card after a refusal, by the secret that the browser has.
    async fn prove_identity(&self, order_id: &str) {
        if self.sim.chance(200) {
            return;
        }
        pause_millis(self.sim.pick(&[50, 1_000, 3_000, 60_000, 899_000, 900_000, 1_000_000])).await;
        let succeeds = self.sim.chance(650);
        let intents: Vec<String> = self.sim.network.with(|world| {
            let of_order = world.gateway.intents().iter().filter(|intent| intent.order_id() == Some(order_id));
            of_order.map(|intent| intent.id.clone()).collect()
        });
        for intent in &intents {
            self.sim.network.with(|world| world.authenticate(intent, succeeds));
        }
        if self.sim.chance(300) {
            pause_millis(self.sim.pick(&[0, 100, 5_000, 880_000])).await;
            for intent in &intents {
                self.sim.network.with(|world| world.pay_with_another_card(intent));
            }
        }
    }

    async fn cancel(&self, order_id: &str) {
        pause_millis(self.sim.pick(&[0, 1, 20, 20, 220, 220, 1_220, 6_000, 30_000, 899_000, 905_000])).await;
        for _ in 0..ATTEMPTS {
            let path = format!("/orders/{order_id}/cancel");
            let request = request("POST", &path).by(&self.user_id).path("order_id", order_id).build();
            let (functions, call) = (self.sim.functions, self.sim.function_call());
            let run = async move { orders::cancel_order::handle(&functions.cancel_order, request, call).await };
            let response = self.sim.http("cancel-order", run).await;
            if response.is_some_and(|response| response.status < 500) {
                return;
            }
            self.think().await;
        }
    }

    async fn think(&self) {
        pause_millis(self.sim.within(50..3_000)).await;
    }
}

/// How somebody pays.
pub fn payment_method(sim: &Sim) -> &'static str {
    if sim.theme.ships() {
        return "pm_card_visa";
    }
    sim.pick(&[
        "pm_card_visa",
        "pm_card_visa",
        "pm_card_visa",
        "pm_card_mastercard",
        "pm_card_authenticationRequired",
        "pm_card_authenticationRequired",
        "pm_card_chargeDeclined",
        "pm_nobody_knows",
    ])
}

/// An answer's JSON.
pub fn body_of(response: &Response) -> Value {
    response.body().and_then(|body| serde_json::from_str(body).ok()).unwrap_or(Value::Null)
}
