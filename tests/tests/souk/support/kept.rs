use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};

use super::Stack;

impl Stack {
    /// (place, content) of each item of each table, each queue and each state machine.
    pub async fn kept(&self) -> Vec<(String, String)> {
        let mut kept = Vec::new();
        let client = self.tables();
        let names: Vec<String> = client.list_tables().into_paginator().items().send().try_collect().await.unwrap();
        for table in names {
            let items = client.scan().table_name(&table).into_paginator().items().send();
            let items: Vec<_> = items.try_collect().await.unwrap();
            kept.extend(items.into_iter().map(|item| (table.clone(), said(&AttributeValue::M(item)))));
        }
        let queues = self.aws("sqs", "AmazonSQS.ListQueues", json!({ "MaxResults": 1000 })).await;
        let counted = [
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesNotVisible",
            "ApproximateNumberOfMessagesDelayed",
        ];
        for url in queues["QueueUrls"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            // Whoever listens on the bus in a test has one.
            if url.contains("bystander") {
                continue;
            }
            let wanted = json!({ "QueueUrl": url, "AttributeNames": counted });
            let attributes = self.aws("sqs", "AmazonSQS.GetQueueAttributes", wanted).await;
            let count = |name: &str| attributes["Attributes"][name].as_str().map_or(0, |n| n.parse::<u64>().unwrap());
            let name = url.rsplit('/').next().unwrap_or_default();
            kept.push((name.to_owned(), format!("{} messages", counted.map(count).iter().sum::<u64>())));
        }
        for machine in self.all("states", "AWSStepFunctions.ListStateMachines", json!({}), "stateMachines").await {
            let of_it = json!({ "stateMachineArn": machine["stateMachineArn"], "maxResults": 1000 });
            let runs = self.all("states", "AWSStepFunctions.ListExecutions", of_it, "executions").await.len();
            kept.push((machine["name"].as_str().unwrap().to_owned(), format!("{runs} executions")));
        }
        kept
    }
}

/// A value in words that are the same for the same value.
fn said(value: &AttributeValue) -> String {
    match value {
        AttributeValue::M(members) => {
            let members: BTreeMap<_, _> = members.iter().map(|(name, value)| (name, said(value))).collect();
            format!("{members:?}")
        }
        AttributeValue::L(items) => format!("{:?}", items.iter().map(said).collect::<Vec<_>>()),
        AttributeValue::Ss(texts) | AttributeValue::Ns(texts) => {
            let mut texts = texts.clone();
            texts.sort();
            format!("{texts:?}")
        }
        other => format!("{other:?}"),
    }
}
