use std::time::Duration;

use serde_json::{Value, json};

use super::{Stack, eventually};

/// How long an audit may say that something is still moving: a row must rest, and its ledger follow.
const AT_REST: Duration = Duration::from_secs(60);

impl Stack {
    /// Runs a job of the deployed stack now; what it reports. Needs an emulator: AWS wants a signature.
    pub async fn job(&self, function: &str) -> Value {
        let url = format!("{}/2015-03-31/functions", self.aws_endpoint());
        let functions: Value = reqwest::get(format!("{url}/?MaxItems=500")).await.unwrap().json().await.unwrap();
        let names =
            functions["Functions"].as_array().unwrap().iter().map(|found| found["FunctionName"].as_str().unwrap());
        // CloudFormation shortens long names at their end, as far as the stack's own name wants it.
        let start = &function[..function.len().min(14)];
        let name = names.into_iter().find(|name| name.split('-').any(|part| part.starts_with(start)));
        let name = name.unwrap_or_else(|| panic!("no function {function}: {functions}"));
        let request = reqwest::Client::new().post(format!("{url}/{name}/invocations")).json(&json!({}));
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success() && !answer.headers().contains_key("x-amz-function-error"), "{answer:?}");
        answer.json().await.unwrap()
    }

    /// What an audit says of these SKUs and orders once they are at rest. Other tests run beside this one, some of which
    /// break things on purpose.
    pub async fn violations_of(&self, ids: &[&str]) -> Vec<Value> {
        let report = eventually("all of them are at rest", AT_REST, || async {
            let report = self.job("Audit").await;
            let moving = report["moving"].as_array().unwrap();
            let settled = moving.iter().all(|id| !ids.contains(&id.as_str().unwrap()));
            settled.then_some(report)
        })
        .await;
        let about = |violation: &&Value| {
            ["sku", "order_id", "sale_id"]
                .iter()
                .any(|field| violation[field].as_str().is_some_and(|id| ids.contains(&id)))
        };
        report["violations"].as_array().unwrap().iter().filter(about).cloned().collect()
    }
}
