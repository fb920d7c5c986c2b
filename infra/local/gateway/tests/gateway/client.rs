//! A gateway of one's own and a client that speaks form-encoded HTTP.

use std::time::{Duration, Instant};

use axum::http::{HeaderMap, Method, Request};
use http_body_util::BodyExt as _;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use souk_gateway::{Config, Server};

pub const KEY: &str = "sk_test_souk";
pub const SECRET: &str = "whsec_test";

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
    pub json: Value,
}

impl Answer {
    pub fn id(&self) -> &str {
        self.json["id"].as_str().unwrap()
    }

    pub fn code(&self) -> &str {
        self.json["error"]["code"].as_str().unwrap_or_default()
    }

    pub fn replayed(&self) -> bool {
        self.headers.contains_key("idempotent-replayed")
    }
}

/// A gateway on a free port and a client of it.
pub struct Gateway {
    pub server: Server,
    client: Client<HttpConnector, String>,
}

impl Gateway {
    pub async fn start() -> Self {
        Self::with(Config::for_tests(KEY, SECRET)).await
    }

    pub async fn with(config: Config) -> Self {
        let server = Server::start(config).await.unwrap();
        // No pooling: a connection that a fault closes must not be one that another request waits for.
        let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build_http();
        Self { server, client }
    }

    /// A request; `Err` where the connection was closed without an answer.
    pub async fn try_request(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<Answer, hyper_util::client::legacy::Error> {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.server.url()));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.client.request(request.body(body.to_owned()).unwrap()).await?;
        let (parts, body) = response.into_parts();
        let text = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        Ok(Answer { status: parts.status.as_u16(), headers: parts.headers, text, json })
    }

    pub async fn try_post(
        &self,
        path: &str,
        key: Option<&str>,
        body: &str,
    ) -> Result<Answer, hyper_util::client::legacy::Error> {
        let bearer = format!("Bearer {KEY}");
        let mut headers = vec![("authorization", bearer.as_str())];
        headers.extend(key.map(|key| ("idempotency-key", key)));
        self.try_request(Method::POST, path, &headers, body).await
    }

    pub async fn post(&self, path: &str, body: &str) -> Answer {
        self.try_post(path, None, body).await.unwrap()
    }

    pub async fn get(&self, path: &str) -> Answer {
        let bearer = format!("Bearer {KEY}");
        self.try_request(Method::GET, path, &[("authorization", &bearer)], "").await.unwrap()
    }

    /// Creates a manual-capture intent of 500 for an order and returns its id.
    pub async fn intent(&self, order_id: &str, method: &str) -> String {
        let answer = self.post("/v1/payment_intents", &create_body(order_id, method)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.id().to_owned()
    }

    /// `confirm`, `capture` or `cancel` without further parameters.
    pub async fn act(&self, id: &str, action: &str) -> Answer {
        self.post(&format!("/v1/payment_intents/{id}/{action}"), "").await
    }

    /// An intent of 500 that holds its money.
    pub async fn held(&self, order_id: &str) -> String {
        let id = self.intent(order_id, "pm_card_visa").await;
        assert_eq!(self.act(&id, "confirm").await.json["status"], "requires_capture");
        id
    }

    pub async fn fault(&self, rule: Value) {
        let answer = self.try_request(Method::POST, "/__fake/faults", &[], &rule.to_string()).await.unwrap();
        assert_eq!(answer.status, 201, "{}", answer.text);
    }

    /// The inspected state of an order's only intent.
    pub async fn inspect(&self, order_id: &str) -> Value {
        let answer = self.get(&format!("/__fake/intents?order_id={order_id}")).await;
        assert_eq!(answer.json["intents"].as_array().unwrap().len(), 1, "{}", answer.text);
        answer.json["intents"][0].clone()
    }
}

pub fn create_body(order_id: &str, method: &str) -> String {
    format!(
        "amount=500&currency=usd&capture_method=manual&payment_method={method}\
         &payment_method_types[]=card&metadata[order_id]={order_id}"
    )
}

/// Polls until the condition gives a value.
pub async fn eventually<T>(what: &str, mut condition: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        if let Some(value) = condition().await {
            return value;
        }
        assert!(Instant::now() < deadline, "never happened: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
