//! HTTP requests as API Gateway hands them to functions.

use serde_json::{Map, Value, json};
use souk_runtime::http::Request;

/// A request being built.
pub struct RequestBuilder {
    event: Value,
}

/// A request to this path.
pub fn request(method: &str, path: &str) -> RequestBuilder {
    RequestBuilder {
        event: json!({
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": path,
            "rawQueryString": "",
            "headers": {},
            "pathParameters": {},
            "requestContext": {
                "accountId": "0", "apiId": "a", "domainName": "souk.test", "domainPrefix": "souk",
                "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "t"},
                "requestId": "r", "routeKey": "$default", "stage": "$default",
                "time": "01/Jan/2026:00:00:00 +0000", "timeEpoch": 0
            },
            "isBase64Encoded": false
        }),
    }
}

impl RequestBuilder {
    /// By this user.
    #[must_use]
    pub fn by(self, user_id: &str) -> Self {
        self.claims(json!({"sub": user_id, "token_use": "access"}))
    }

    /// By a member of this group.
    #[must_use]
    pub fn by_staff(self, group: &str) -> Self {
        self.claims(json!({"sub": "staff", "token_use": "access", "cognito:groups": format!("[{group}]")}))
    }

    fn claims(mut self, claims: Value) -> Self {
        self.event["requestContext"]["authorizer"] = json!({"jwt": {"claims": claims, "scopes": []}});
        self
    }

    /// With this header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.event["headers"][name] = json!(value);
        self
    }

    /// With this path parameter.
    #[must_use]
    pub fn path(mut self, name: &str, value: &str) -> Self {
        self.event["pathParameters"][name] = json!(value);
        self
    }

    /// With this body, which is JSON.
    #[must_use]
    pub fn body(mut self, body: &str) -> Self {
        self.event["body"] = json!(body);
        self.header("content-type", "application/json")
    }

    /// The request.
    ///
    /// # Panics
    /// Never: the event is one of API Gateway's.
    pub fn build(self) -> Request {
        lambda_http::request::from_str(&self.event.to_string()).expect("an event of API Gateway").into()
    }
}

/// The shopper's address, the same for all.
pub fn address() -> Map<String, Value> {
    let address = json!({"name": "A", "line1": "1", "city": "C", "postal_code": "38103", "country": "US"});
    address.as_object().cloned().unwrap_or_default()
}
