use reqwest::Method;
use serde_json::{Value, json};

use super::{Stack, fresh, signed::Call};

/// Somebody who hears all that is told on the bus.
pub struct Bystander<'a> {
    stack: &'a Stack,
    rule: String,
    bus: String,
    queue: String,
    heard: tokio::sync::Mutex<Vec<String>>,
}

impl Stack {
    /// One call of AWS's JSON protocols.
    pub(super) async fn aws(&self, service: &str, target: &str, body: Value) -> Value {
        let headers = [("content-type", "application/x-amz-json-1.0"), ("x-amz-target", target)];
        let call = Call { method: Method::POST, path: "/".to_owned(), headers: &headers, body: body.to_string() };
        let answer = self.signed(&reqwest::Client::new(), service, call).await;
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{target}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// All pages of a list.
    pub(super) async fn all(&self, service: &str, target: &str, body: Value, list: &str) -> Vec<Value> {
        let (mut found, mut body) = (Vec::new(), body);
        loop {
            let page = self.aws(service, target, body.clone()).await;
            found.extend(page[list].as_array().into_iter().flatten().cloned());
            match page["nextToken"].as_str() {
                Some(next) => body["nextToken"] = json!(next),
                None => return found,
            }
        }
    }

    /// Every line of every log group.
    pub async fn log_lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for group in self.all("logs", "Logs_20140328.DescribeLogGroups", json!({}), "logGroups").await {
            let name = json!({ "logGroupName": group["logGroupName"] });
            let events = self.all("logs", "Logs_20140328.FilterLogEvents", name, "events").await;
            lines.extend(events.iter().map(|event| event["message"].as_str().unwrap_or_default().to_owned()));
        }
        lines
    }

    /// What every execution of every state machine was given and what came out.
    pub async fn execution_data(&self) -> Vec<String> {
        let mut data = Vec::new();
        for machine in self.all("states", "AWSStepFunctions.ListStateMachines", json!({}), "stateMachines").await {
            let of_it = json!({ "stateMachineArn": machine["stateMachineArn"] });
            for execution in self.all("states", "AWSStepFunctions.ListExecutions", of_it, "executions").await {
                let one = json!({ "executionArn": execution["executionArn"] });
                data.push(self.aws("states", "AWSStepFunctions.DescribeExecution", one).await.to_string());
            }
        }
        assert!(!data.is_empty(), "no execution can be seen");
        data
    }
}

impl<'a> Bystander<'a> {
    pub async fn on_the_bus(stack: &'a Stack) -> Self {
        let buses = stack.aws("events", "AWSEvents.ListEventBuses", json!({})).await;
        let buses = buses["EventBuses"].as_array().unwrap().iter();
        let bus = buses.filter_map(|bus| bus["Name"].as_str()).find(|name| name.ends_with("-bus")).unwrap().to_owned();
        let rule = fresh("bystander");
        let queue = stack.aws("sqs", "AmazonSQS.CreateQueue", json!({ "QueueName": rule })).await;
        let queue = queue["QueueUrl"].as_str().unwrap().to_owned();
        let wanted = json!({ "QueueUrl": queue, "AttributeNames": ["QueueArn"] });
        let arn = stack.aws("sqs", "AmazonSQS.GetQueueAttributes", wanted).await["Attributes"]["QueueArn"].take();
        let pattern = json!({ "source": [{ "prefix": "souk." }] }).to_string();
        let everything = json!({ "Name": rule, "EventBusName": bus, "EventPattern": pattern });
        stack.aws("events", "AWSEvents.PutRule", everything).await;
        let target = json!({ "Rule": rule, "EventBusName": bus, "Targets": [{ "Id": "ear", "Arn": arn }] });
        stack.aws("events", "AWSEvents.PutTargets", target).await;
        Self { stack, rule, bus, queue, heard: Default::default() }
    }

    /// Everything that was told since.
    pub async fn heard(&self) -> Vec<String> {
        let mut heard = self.heard.lock().await;
        loop {
            let ask = json!({ "QueueUrl": self.queue, "MaxNumberOfMessages": 10, "VisibilityTimeout": 600 });
            let answer = self.stack.aws("sqs", "AmazonSQS.ReceiveMessage", ask).await;
            let messages = answer["Messages"].as_array().cloned().unwrap_or_default();
            if messages.is_empty() {
                return heard.clone();
            }
            heard.extend(messages.iter().map(|message| message["Body"].as_str().unwrap().to_owned()));
        }
    }

    pub async fn leave(self) {
        let (rule, bus) = (&self.rule, &self.bus);
        let ear = json!({ "Rule": rule, "EventBusName": bus, "Ids": ["ear"] });
        self.stack.aws("events", "AWSEvents.RemoveTargets", ear).await;
        self.stack.aws("events", "AWSEvents.DeleteRule", json!({ "Name": rule, "EventBusName": bus })).await;
        self.stack.aws("sqs", "AmazonSQS.DeleteQueue", json!({ "QueueUrl": self.queue })).await;
    }
}
