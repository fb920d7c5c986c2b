//! Shoppers with an admission: they claim, click twice, ask again, pay, do not pay, change their mind.

use std::{rc::Rc, time::Duration};

use serde_json::json;
use souk_domain::{
    flash_sale::ShopperKey,
    ids::{OrderId, UserId},
};
use souk_flash_sales::ADMISSION_MAX;
use souk_fn_flash_sales::shop::post_intent;
use souk_runtime::http::{Request, Response};
use souk_wiring::Call;

use super::Shop;
use crate::{
    clock::pause_millis,
    promises::PromisedIntent,
    requests::{address, request},
    shopper::{Tab, body_of, payment_method},
    staff,
};

/// How often a client repeats a request that got no answer.
const ATTEMPTS: usize = 4;
/// Lambda ends an invocation after this.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// Sends a shopper in.
pub fn enter(shop: &Shop, user_id: &UserId) {
    shop.sim.promises.borrow_mut().admitted.push(user_id.to_string());
    let (shop, user_id) = (shop.clone(), user_id.clone());
    shop.sim.clone().executor.spawn("shopper", async move { shop_for(shop, user_id).await });
}

async fn shop_for(shop: Shop, user_id: UserId) {
    let sim = shop.sim.clone();
    pause_millis(sim.pick(&[0, 0, 0, 5, 200, 1_000, 20_000])).await;
    let order_id = OrderId::of_sale(&user_id, &shop.sale_id).to_string();
    let Some(admission) = shop.admission(&user_id).await else { return };
    let method = payment_method(&sim);
    // Whoever asks once only may leave a claim behind whose message was never sent.
    let asks_once = sim.chance(400);
    let attempts = if asks_once { 1 } else { ATTEMPTS };
    let buyer = Rc::new(Buyer { shop: shop.clone(), user_id: user_id.clone(), admission, method, attempts });
    staff::follow(&sim, &shop.deliveries, &order_id);
    let tab = Tab {
        sim: sim.clone(),
        deliveries: shop.deliveries.clone(),
        user_id: user_id.to_string(),
        key: String::new(),
        lines: None,
    };
    tab.follow(&order_id);
    for pause in [(300, 0), (150, 5), (150, 900), (200, 30_000), (150, 100_000)] {
        if !asks_once && sim.chance(pause.0) {
            // A double click, another tab, or a shopper who wonders.
            let (buyer, sim) = (Rc::clone(&buyer), sim.clone());
            sim.executor.spawn("shopper", async move {
                pause_millis(pause.1).await;
                buyer.claim().await;
            });
        }
    }
    buyer.claim().await;
}

struct Buyer {
    shop: Shop,
    user_id: UserId,
    admission: String,
    method: &'static str,
    attempts: usize,
}

impl Buyer {
    async fn claim(&self) {
        let sim = &self.shop.sim;
        for _ in 0..self.attempts {
            match self.shop.post(&self.user_id, &self.admission, self.method).await {
                Some(response) if response.status == 202 => return self.promised(&response),
                // Sold out or not open: that may change once, for those who wait.
                Some(response) if response.status < 500 && !sim.chance(300) => return,
                _ => pause_millis(sim.pick(&[50, 500, 3_000, 40_000])).await,
            }
        }
    }

    fn promised(&self, response: &Response) {
        let answer = body_of(response);
        let mut promises = self.shop.sim.promises.borrow_mut();
        let order_id = OrderId::of_sale(&self.user_id, &self.shop.sale_id).to_string();
        if answer["order_id"].as_str().is_some_and(|answered| answered != order_id) {
            promises.violations.push(format!("invariant_i4: {order_id} was answered as {}", answer["order_id"]));
        }
        let intent_id = answer["intent_id"].as_str().unwrap_or_default().to_owned();
        promises.intents.push(PromisedIntent { user_id: self.user_id.to_string(), intent_id });
    }
}

impl Shop {
    /// What the waiting room gives to whoever's turn it is.
    pub async fn admission(&self, user_id: &UserId) -> Option<String> {
        let shopper = ShopperKey::of(user_id).ok()?;
        self.ring.issue_admission(&self.sale_id, &shopper, ADMISSION_MAX, self.sim.clock.now()).await.ok()
    }

    /// The answer to one request when all is quiet.
    pub async fn ask(&self, user_id: &UserId, admission: &str) -> u16 {
        let deps = self.sim.functions.post_intent().await;
        let request = self.request(user_id, admission, "pm_card_visa");
        match post_intent::handle(&deps, request, Call::at(self.sim.clock.now())).await {
            Ok(response) => response.status,
            Err(problem) => problem.status(),
        }
    }

    fn request(&self, user_id: &UserId, admission: &str, method: &str) -> Request {
        let body = json!({"payment_method": method, "shipping_address": address()}).to_string();
        request("POST", &format!("/sales/{}/intents", self.sale_id))
            .by(user_id.as_str())
            .path("sale_id", self.sale_id.as_str())
            .header("souk-admission", admission)
            .body(&body)
            .build()
    }

    /// One request for a unit; `None` where the function died or took too long.
    pub async fn post(&self, user_id: &UserId, admission: &str, method: &str) -> Option<Response> {
        let sim = &self.sim;
        // A cold start now and then: it remembers nothing.
        let deps = if sim.chance(100) {
            Rc::new(sim.functions.post_intent().await)
        } else {
            Rc::clone(&self.instances[usize::try_from(sim.within(0..self.instances.len() as u64)).unwrap_or(0)])
        };
        let request = self.request(user_id, admission, method);
        let call = sim.function_call();
        let run = async move { tokio::time::timeout(TIME_LIMIT, post_intent::handle(&deps, request, call)).await };
        match sim.invoke("post-intent", run).await {
            Ok(Ok(Ok(response))) => Some(response),
            Ok(Ok(Err(problem))) => Some(Response::empty(problem.status())),
            _ => None,
        }
    }
}
