//! A request as the simulation sees it, and its answer.

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use crate::fault::Service;

/// Where mails are sent.
const MAILS: &str = "/v2/email/outbound-emails";

/// A request of production code.
#[derive(Debug, Clone)]
pub struct Call {
    /// Whom it is for.
    pub service: Service,
    /// The AWS operation, or the method.
    pub operation: String,
    /// Operation and subject, such as `UpdateItem orders CONFIRMED`.
    pub request: String,
    /// The URI's path and query.
    pub uri: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The exact body.
    pub body: String,
    /// The body, where it is JSON.
    pub json: Value,
}

/// An answer on its way back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers that matter.
    pub headers: Vec<(&'static str, &'static str)>,
    /// The body.
    pub body: String,
}

impl Answer {
    /// A JSON answer.
    pub fn json(status: u16, body: &Value) -> Self {
        Self { status, headers: Vec::new(), body: body.to_string() }
    }

    /// True where the SDK's standard retries would send the request again.
    pub fn is_worth_repeating(&self) -> bool {
        self.status >= 500 || (self.status == 400 && self.body.contains("ThrottlingException"))
    }
}

impl Call {
    /// Reads a request.
    pub fn read(request: &HttpRequest) -> Self {
        let body = request.body().bytes().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default();
        let headers = request
            .headers()
            .iter()
            .filter_map(|(name, value)| {
                Some((HeaderName::from_bytes(name.as_bytes()).ok()?, HeaderValue::from_str(value).ok()?))
            })
            .collect();
        let uri = request.uri().parse::<http::Uri>().ok();
        let uri = uri.and_then(|uri| uri.path_and_query().map(ToString::to_string)).unwrap_or_default();
        match request.headers().get("x-amz-target").and_then(|target| target.split_once('.')) {
            Some((service, operation)) => {
                let json = serde_json::from_str(&body).unwrap_or(Value::Null);
                let service = match service {
                    "DynamoDB_20120810" => Service::Store,
                    "AWSStepFunctions" => Service::Workflows,
                    "AmazonSQS" => Service::Queues,
                    "AWSEvents" => Service::Bus,
                    "AWSCognitoIdentityProviderService" => Service::Pool,
                    _ => Service::Secrets,
                };
                let request = if service == Service::Store {
                    format!("{operation} {}", subject(operation, &json))
                } else {
                    operation.to_owned()
                };
                Self { service, operation: operation.to_owned(), request, uri, headers, body, json }
            }
            None if uri == MAILS => {
                let json = serde_json::from_str(&body).unwrap_or(Value::Null);
                let (operation, request) = ("SendEmail".to_owned(), "SendEmail".to_owned());
                Self { service: Service::Mail, operation, request, uri, headers, body, json }
            }
            None => {
                let operation = request.method().to_owned();
                let request = gateway_request(&operation, &uri);
                Self { service: Service::Gateway, operation, request, uri, headers, body, json: Value::Null }
            }
        }
    }
}

/// The tables of a request, and the state that it writes.
fn subject(operation: &str, json: &Value) -> String {
    let part = |request: &Value| {
        let table = request["TableName"].as_str().unwrap_or_default().to_owned();
        let values = &request["ExpressionAttributeValues"];
        let written = [&values[":status"], &values[":state"], &request["Item"]["state"], &request["Item"]["status"]];
        let state = written.into_iter().find_map(|written| written["S"].as_str());
        // A claim and its release change no state.
        let claim = values[":c"]["N"].as_str().map(|entry| if entry == "-1" { "release" } else { "claim" });
        state.or(claim).map_or(table.clone(), |state| format!("{table} {state}"))
    };
    match operation {
        "TransactWriteItems" => {
            let writes = json["TransactItems"].as_array().map(Vec::as_slice).unwrap_or_default();
            let mut parts: Vec<String> =
                writes.iter().filter_map(|write| write.as_object()?.values().next().map(part)).collect();
            parts.dedup();
            parts.sort_by_key(|part| !part.contains(' '));
            parts.dedup();
            parts.join(" + ")
        }
        "BatchGetItem" => {
            json["RequestItems"].as_object().into_iter().flat_map(|tables| tables.keys()).cloned().collect()
        }
        _ => part(json),
    }
}

fn gateway_request(method: &str, uri: &str) -> String {
    let path = uri.split('?').next().unwrap_or_default();
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    match (method, segments.as_slice()) {
        ("POST", ["v1", "payment_intents"]) => "create intent".to_owned(),
        ("POST", ["v1", "payment_intents", _, action]) => format!("{action} intent"),
        ("GET", ["v1", "payment_intents", _]) => "retrieve intent".to_owned(),
        ("POST", ["v1", "refunds"]) => "create refund".to_owned(),
        ("POST", ["v1", "customers"]) => "create customer".to_owned(),
        ("GET", ["v1", "refunds"]) => "list refunds".to_owned(),
        _ => format!("{method} {path}"),
    }
}

/// An error in the shape of AWS's JSON protocols.
pub fn aws_error(status: u16, kind: &str, message: &str) -> Answer {
    Answer::json(status, &json!({"__type": format!("com.amazonaws#{kind}"), "message": message}))
}
