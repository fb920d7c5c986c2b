//! The tables over HTTP: which changes they deliver.
#![forbid(unsafe_code)]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on panics")]

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use tokio::{sync::oneshot, time::timeout};

struct Tables {
    url: String,
    changes: reqwest::Response,
    rest: Vec<u8>,
}

impl Tables {
    async fn start() -> Self {
        let (ready, port) = oneshot::channel();
        tokio::spawn(souk_tables::serve(0, Duration::from_millis(50), |port| ready.send(port).unwrap()));
        let url = format!("http://127.0.0.1:{}", port.await.unwrap());
        let changes = reqwest::get(format!("{url}/changes")).await.unwrap();
        Self { url, changes, rest: Vec::new() }
    }

    async fn call(&self, operation: &str, request: Value) -> (u16, Value) {
        let answer = reqwest::Client::new()
            .post(&self.url)
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-target", format!("DynamoDB_20120810.{operation}"))
            .header("x-amz-date", "20260101T000000Z")
            .header(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
            )
            .body(request.to_string())
            .send()
            .await
            .unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    async fn table(&self, name: &str, has_stream: bool) {
        let mut definition = json!({
            "TableName": name, "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }],
            "AttributeDefinitions": [{ "AttributeName": "id", "AttributeType": "S" }],
        });
        if has_stream {
            definition["StreamSpecification"] =
                json!({ "StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES" });
        }
        assert_eq!(self.call("CreateTable", definition).await.0, 200);
    }

    /// The next change that is delivered.
    async fn change(&mut self) -> Value {
        loop {
            if let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.rest.drain(..=end).collect();
                return serde_json::from_slice(&line).unwrap();
            }
            let chunk = timeout(Duration::from_secs(20), self.changes.chunk()).await.expect("nothing was delivered");
            self.rest.extend_from_slice(&chunk.unwrap().expect("the changes ended"));
        }
    }
}

fn item(id: &str, n: u32) -> Value {
    json!({ "id": { "S": id }, "n": { "N": n.to_string() } })
}

#[tokio::test]
async fn each_change_of_a_followed_table_is_delivered_once_with_both_images() {
    let mut tables = Tables::start().await;
    tables.table("orders", true).await;
    tables.table("carts", false).await;
    let put = |n| json!({ "TableName": "orders", "Item": item("a", n) });
    tables.call("PutItem", put(1)).await;
    assert_eq!(tables.change().await, json!({ "table": "orders", "old": null, "new": item("a", 1), "expired": false }));
    // None of these is a change: the same item again, a refusal, a table without a stream, a read.
    tables.call("PutItem", put(1)).await;
    let mut refused = put(5);
    refused["ConditionExpression"] = json!("attribute_not_exists(id)");
    assert_eq!(tables.call("PutItem", refused).await.0, 400);
    tables.call("PutItem", json!({ "TableName": "carts", "Item": item("a", 7) })).await;
    let key = json!({ "id": { "S": "a" } });
    let (_, read) = tables.call("GetItem", json!({ "TableName": "orders", "Key": key })).await;
    assert_eq!(read["Item"], item("a", 1));
    let update = json!({
        "TableName": "orders", "Key": key, "UpdateExpression": "SET n = n + :one", "ExpressionAttributeValues": { ":one": { "N": "1" } },
    });
    tables.call("UpdateItem", update).await;
    let delivered = tables.change().await;
    assert_eq!((&delivered["old"], &delivered["new"]), (&item("a", 1), &item("a", 2)));
    let transaction = json!({ "TransactItems": [
        { "Delete": { "TableName": "orders", "Key": key } }, { "Put": { "TableName": "orders", "Item": item("b", 3) } },
    ] });
    tables.call("TransactWriteItems", transaction).await;
    let delivered = tables.change().await;
    assert_eq!((&delivered["old"], &delivered["new"]), (&item("a", 2), &Value::Null));
    assert_eq!(tables.change().await["new"], item("b", 3));
}

#[tokio::test]
async fn what_has_outlived_its_time_is_deleted_and_told_as_that() {
    let mut tables = Tables::start().await;
    tables.table("carts", true).await;
    let life = json!({ "TableName": "carts", "TimeToLiveSpecification": { "AttributeName": "ends", "Enabled": true } });
    assert_eq!(tables.call("UpdateTimeToLive", life).await.0, 200);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    for (id, ends) in [("young", now + 500), ("old", now - 5)] {
        let item = json!({ "id": { "S": id }, "ends": { "N": ends.to_string() } });
        tables.call("PutItem", json!({ "TableName": "carts", "Item": item })).await;
        assert_eq!(tables.change().await["expired"], false);
    }
    let delivered = tables.change().await;
    assert_eq!(
        (&delivered["old"]["id"]["S"], &delivered["new"], &delivered["expired"]),
        (&json!("old"), &Value::Null, &json!(true))
    );
    let (_, left) = tables.call("Scan", json!({ "TableName": "carts" })).await;
    assert_eq!(left["Count"], 1);
}

#[tokio::test]
async fn capacity_is_reported_of_tables_and_indexes() {
    let tables = Tables::start().await;
    tables.table("orders", true).await;
    let put = json!({ "TableName": "orders", "Item": item("a", 1), "ReturnConsumedCapacity": "TOTAL" });
    assert_eq!(tables.call("PutItem", put).await.1["ConsumedCapacity"]["CapacityUnits"], 1.0);
}
