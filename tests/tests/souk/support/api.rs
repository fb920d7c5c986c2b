use reqwest::{Method, header::HeaderMap};
use serde_json::Value;

use super::contract;

/// A client of the shop, signed in or not.
#[derive(Debug, Clone)]
pub struct Api {
    client: reqwest::Client,
    base: String,
    token: Option<String>,
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Api {
    pub fn new(base: &str, token: Option<String>) -> Self {
        Self { client: reqwest::Client::new(), base: base.trim_end_matches('/').to_owned(), token }
    }

    /// A client that shares its connections with others.
    pub fn over(client: reqwest::Client, base: &str, token: Option<String>) -> Self {
        Self { client, base: base.trim_end_matches('/').to_owned(), token }
    }

    /// The same client with another token.
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    pub fn token(&self) -> &str {
        self.token.as_deref().expect("signed in")
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, &[], None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(Method::POST, path, &[], Some(body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Reply {
        self.send(Method::PUT, path, &[], Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        self.send(Method::DELETE, path, &[], None).await
    }

    pub async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Option<Value>) -> Reply {
        self.send_raw(method, path, headers, body.map(|body| body.to_string())).await
    }

    /// Sends any text, for bodies that are no JSON. The answer must be one that the API's description has.
    pub async fn send_raw(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Option<String>) -> Reply {
        let mut request = self.client.request(method.clone(), format!("{}{path}", self.base));
        let is_typed = headers.iter().any(|(name, _)| *name == "content-type");
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            if !is_typed {
                request = request.header("content-type", "application/json");
            }
            request = request.body(body);
        }
        let response = request.send().await.unwrap_or_else(|error| panic!("{path}: {error}"));
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body =
            if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap_or(Value::String(text)) };
        let reply = Reply { status, headers, body };
        contract::assert_described(&method, path, status, reply.header("content-type"), &reply.body);
        reply
    }
}

impl Reply {
    /// The reply, if it has this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }

    /// The reply, if it is a problem of this status and kind.
    #[track_caller]
    pub fn expect_problem(self, status: u16, kind: &str) -> Self {
        let reply = self.expect(status);
        assert_eq!(reply.body["type"], format!("https://souk.example/problems/{kind}"), "{}", reply.body);
        assert_eq!(reply.header("content-type"), "application/problem+json");
        assert_eq!(reply.body["status"], status);
        assert!(!reply.text("detail").is_empty());
        reply
    }

    /// The reply, if its problem names this field.
    #[track_caller]
    pub fn about_field(self, field: &str) -> Self {
        assert_eq!(self.body["errors"][0]["field"], field, "{}", self.body);
        self
    }

    #[track_caller]
    pub fn text(&self, field: &str) -> &str {
        self.body[field].as_str().unwrap_or_else(|| panic!("no text {field} in {}", self.body))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}
