//! CloudFormation's protocol of custom resources: the answer is put to an address that it gives.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use souk_runtime::task::TaskError;

const TIMEOUT: Duration = Duration::from_secs(10);

/// What CloudFormation sends.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LifecycleEvent {
    request_type: String,
    #[serde(rename = "ResponseURL")]
    response_url: String,
    stack_id: String,
    request_id: String,
    logical_resource_id: String,
    #[serde(default)]
    physical_resource_id: Option<String>,
}

impl LifecycleEvent {
    /// True where the resource is to go. The index stays: its data may be wanted, and it goes with its domain.
    pub fn is_deletion(&self) -> bool {
        self.request_type == "Delete"
    }
}

/// Tells CloudFormation how it went; without an answer the deployment would hang for an hour.
pub(super) async fn answer(event: &LifecycleEvent, result: &Result<Value, TaskError>) -> Result<(), TaskError> {
    let unheard = |error: reqwest::Error| TaskError::new("AnswerNotTaken", error.without_url());
    let client = reqwest::Client::builder().no_proxy().timeout(TIMEOUT).build().map_err(unheard)?;
    let body = body(event, result).to_string();
    let answer = client.put(&event.response_url).body(body).send().await.map_err(unheard)?;
    answer.error_for_status().map(drop).map_err(unheard)
}

fn body(event: &LifecycleEvent, result: &Result<Value, TaskError>) -> Value {
    let mut body = json!({
        "StackId": event.stack_id,
        "RequestId": event.request_id,
        "LogicalResourceId": event.logical_resource_id,
        // The same id always: another one would make CloudFormation delete the former resource.
        "PhysicalResourceId": event.physical_resource_id.as_deref().unwrap_or("products"),
    });
    match result {
        Ok(data) => {
            body["Status"] = json!("SUCCESS");
            body["Data"] = data.clone();
        }
        Err(error) => {
            body["Status"] = json!("FAILED");
            body["Reason"] = json!(error.to_string());
        }
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event() -> LifecycleEvent {
        serde_json::from_value(json!({
            "RequestType": "Create", "ResponseURL": "http://127.0.0.1:1/", "StackId": "s", "RequestId": "r",
            "LogicalResourceId": "Index", "ResourceType": "Custom::SearchIndex", "ServiceToken": "arn",
            "ResourceProperties": {"ServiceToken": "arn"},
        }))
        .unwrap()
    }

    #[test]
    fn a_failure_fails_the_deployment_with_its_reason() {
        let body = body(&event(), &Err(TaskError::new("SearchUnavailable", "down")));
        assert_eq!((&body["Status"], &body["Reason"]), (&json!("FAILED"), &json!("SearchUnavailable: down")));
    }

    #[test]
    fn success_keeps_one_identity() {
        let body = body(&event(), &Ok(json!({"index": "products-1"})));
        assert_eq!((&body["Status"], &body["PhysicalResourceId"]), (&json!("SUCCESS"), &json!("products")));
        assert_eq!(body["Data"]["index"], "products-1");
    }
}
