//! An adapter, the gateway it talks to, and a way to look behind it.

use std::time::Duration;

use http::Request;
use http_body_util::BodyExt as _;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use souk_domain::ids::{OrderId, RefundId, UserId};
use souk_domain::money::Money;
use souk_domain::payment::Told;
use souk_gateway::{Config, Server};
use souk_payments::gateway::{Gateway, GatewayError, Intent, NewIntent, NewRefund};
use souk_payments::stripe::StripeGateway;

const KEY: &str = "sk_test_souk";

pub struct Till {
    server: Server,
    pub gateway: StripeGateway,
}

impl Till {
    pub async fn open() -> Self {
        let server = Server::start(Config::for_tests(KEY, "whsec_souk")).await.unwrap();
        let gateway = StripeGateway::new(&server.url(), KEY).unwrap();
        Self { server, gateway }
    }

    /// An adapter with a patience of its own.
    pub fn impatient(&self, within: Duration) -> StripeGateway {
        StripeGateway::with_deadline(&self.server.url(), KEY, within).unwrap()
    }

    pub fn with_key(&self, key: &str) -> StripeGateway {
        StripeGateway::new(&self.server.url(), key).unwrap()
    }

    pub async fn create(&self, order: &OrderId, method: &str) -> Result<Intent, GatewayError> {
        let amount = Money::usd(500).unwrap();
        self.gateway
            .create(&NewIntent { order_id: order, amount, payment_method: method, attempt: 0, customer: None })
            .await
    }

    /// An intent whose money is held.
    pub async fn held(&self, order: &OrderId) -> String {
        let id = self.create(order, "pm_card_visa").await.unwrap().id;
        self.gateway.confirm(order, &id).await.unwrap();
        id
    }

    /// Refunds all that is left, as the cancellation of the order does.
    pub async fn refund(&self, order: &OrderId, intent_id: &str) -> Result<Told, GatewayError> {
        let refund_id = RefundId::of_cancellation(order);
        self.gateway.refund(&NewRefund { order_id: order, intent_id, refund_id: &refund_id, amount: None }).await
    }

    /// A refund that somebody makes at the gateway, past the shop.
    pub async fn console(&self, form: &str) {
        let client = Client::builder(TokioExecutor::new()).build_http();
        let request = Request::post(format!("{}/v1/refunds", self.server.url()))
            .header("authorization", format!("Bearer {KEY}"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.to_owned())
            .unwrap();
        assert!(client.request(request).await.unwrap().status().is_success());
    }

    /// The order's only intent, as the gateway itself sees it.
    pub async fn effects(&self, order: &OrderId) -> Value {
        let shown = self.call("GET", &format!("/__fake/intents?order_id={order}"), Value::Null).await;
        assert_eq!(shown["intents"].as_array().unwrap().len(), 1, "{shown}");
        shown["intents"][0]["effects"].clone()
    }

    /// Each of the order's intents, oldest first.
    pub async fn intents(&self, order: &OrderId) -> Vec<Value> {
        let shown = self.call("GET", &format!("/__fake/intents?order_id={order}"), Value::Null).await;
        shown["intents"].as_array().unwrap().clone()
    }

    /// How many requests of a kind the gateway saw for the order.
    pub async fn requests(&self, order: &OrderId, operation: &str) -> usize {
        let shown = self.call("GET", &format!("/__fake/intents?order_id={order}"), Value::Null).await;
        shown["requests"].as_array().unwrap().iter().filter(|entry| entry["operation"] == operation).count()
    }

    pub async fn fault(&self, order: &OrderId, operation: &str, fault: &str, times: u32) {
        let rule = serde_json::json!({
            "order_id": order.as_str(), "operation": operation, "fault": fault, "times": times,
        });
        self.call("POST", "/__fake/faults", rule).await;
    }

    pub async fn call(&self, method: &str, path: &str, body: Value) -> Value {
        let client = Client::builder(TokioExecutor::new()).build_http();
        let request = Request::builder().method(method).uri(format!("{}{path}", self.server.url()));
        let request = request.body(body.to_string()).unwrap();
        let response = client.request(request).await.unwrap();
        assert!(response.status().is_success(), "{method} {path}: {}", response.status());
        let body = response.into_body().collect().await.unwrap().to_bytes();
        serde_json::from_slice(&body).unwrap_or(Value::Null)
    }
}

/// An order of its own per name.
pub fn order(name: &str) -> OrderId {
    OrderId::of_request(&"a-shopper".parse::<UserId>().unwrap(), name)
}
