use std::time::Duration;

use reqwest::{Client, Method};
use serde_json::{Value, json};

use super::{Stack, eventually, signed::Call};

/// How long a reindex of the tests' catalogue takes at most.
const ENDS: Duration = Duration::from_secs(240);

impl Stack {
    /// Starts a state machine of the deployed stack, by the end of its name in the template; the execution's ARN.
    pub async fn start_machine(&self, logical_id: &str, input: &Value) -> String {
        let all = self.states("ListStateMachines", json!({})).await;
        let machines = all["stateMachines"].as_array().unwrap_or_else(|| panic!("{all}"));
        let is_it = |machine: &&Value| {
            machine["name"].as_str().is_some_and(|name| name.split('-').any(|part| part == logical_id))
        };
        let machine = machines.iter().find(is_it).unwrap_or_else(|| panic!("no machine {logical_id}: {all}"));
        let start = json!({ "stateMachineArn": machine["stateMachineArn"], "input": input.to_string() });
        self.states("StartExecution", start).await["executionArn"].as_str().unwrap().to_owned()
    }

    /// An execution, once it has ended.
    pub async fn ended(&self, execution: &str) -> Value {
        eventually("the execution ends", ENDS, || async {
            let found = self.states("DescribeExecution", json!({ "executionArn": execution })).await;
            (found["status"] != "RUNNING").then_some(found)
        })
        .await
    }

    async fn states(&self, operation: &str, input: Value) -> Value {
        let target = format!("AWSStepFunctions.{operation}");
        let headers = [("content-type", "application/x-amz-json-1.0"), ("x-amz-target", target.as_str())];
        let call = Call { method: Method::POST, path: "/".to_owned(), headers: &headers, body: input.to_string() };
        self.signed(&Client::new(), "states", call).await.json().await.unwrap()
    }
}
