//! The door: passes requests to the database, and notes what the followed tables' items were before and after.

use std::{
    net::SocketAddr,
    sync::{Arc, PoisonError, RwLock},
};

use axum::{
    Json,
    body::{Body, to_bytes},
    extract::Request,
    response::{IntoResponse as _, Response},
};
use dynoxide::{Database, types::Item};
use http::{HeaderMap, StatusCode, Uri, header::CONTENT_LENGTH, uri::PathAndQuery};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::{
    changes::{Change, Changes},
    schema::{DEFINITIONS, Schema, Table, is_empty_update},
    writes::{Target, targets},
};

/// Operations that write items.
const WRITES: [&str; 5] = ["PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem"];
/// DynamoDB's own limit of a request is 16 MB.
const LARGEST: usize = 17 << 20;

/// The database, and who follows its changes.
#[expect(missing_debug_implementations, reason = "a database has none")]
pub struct Front {
    /// Reads around a write.
    pub database: Database,
    /// Where changes go.
    pub changes: Changes,
    address: SocketAddr,
    client: Client<HttpConnector, Body>,
    schema: RwLock<Schema>,
    /// One write to followed tables at a time: between the reads around it there is no other.
    writing: Mutex<()>,
}

impl Front {
    /// In front of a database that is served there.
    #[must_use]
    pub fn new(database: Database, address: SocketAddr) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Self {
            database,
            changes: Changes::default(),
            address,
            client: Client::builder(TokioExecutor::new()).build(connector),
            schema: RwLock::default(),
            writing: Mutex::default(),
        }
    }

    /// Waits for a write to these items, and records those that changed.
    pub async fn write_and_record<T>(&self, targets: &[Target], expired: bool, write: impl Future<Output = T>) -> T {
        let alone = self.writing.lock().await;
        let before: Vec<_> = targets.iter().map(|target| self.item(target)).collect();
        let answer = write.await;
        for (target, old) in targets.iter().zip(before) {
            let (table, new) = (&*target.table, self.item(target));
            self.changes.add(&Change { table, old: old.as_ref(), new: new.as_ref(), expired });
        }
        drop(alone);
        answer
    }

    /// What is known of the tables.
    #[must_use]
    pub fn tables(&self) -> Vec<(String, Table)> {
        let schema = self.schema.read().unwrap_or_else(PoisonError::into_inner);
        schema.0.iter().map(|(name, table)| (name.clone(), table.clone())).collect()
    }

    fn item(&self, target: &Target) -> Option<Item> {
        let request = json!({ "TableName": target.table, "Key": target.key, "ConsistentRead": true });
        self.database.get_item(serde_json::from_value(request).ok()?).ok()?.item
    }

    /// Forwards a request as it is.
    pub async fn forward(&self, mut request: Request) -> Response {
        let path = request.uri().path_and_query().map_or("/", PathAndQuery::as_str);
        match Uri::builder().scheme("http").authority(self.address.to_string()).path_and_query(path).build() {
            Ok(uri) => *request.uri_mut() = uri,
            Err(_) => return StatusCode::BAD_REQUEST.into_response(),
        }
        let answer = self.client.request(request).await;
        answer.map_or_else(|_| StatusCode::BAD_GATEWAY.into_response(), |answer| answer.map(Body::new))
    }
}

/// Answers one request.
pub async fn answer(front: Arc<Front>, request: Request) -> Response {
    let operation = operation(request.headers());
    let defines = DEFINITIONS.contains(&&*operation);
    if !defines && !WRITES.contains(&&*operation) {
        return front.forward(request).await;
    }
    let (mut head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST).await else { return StatusCode::PAYLOAD_TOO_LARGE.into_response() };
    let read: Value = serde_json::from_slice(&body).unwrap_or_default();
    if defines {
        let rest = front.schema.write().unwrap_or_else(PoisonError::into_inner).apply(&operation, read);
        if is_empty_update(&operation, &rest) {
            return Json(json!({})).into_response();
        }
        let rest = rest.to_string();
        head.headers.insert(CONTENT_LENGTH, rest.len().into());
        return front.forward(Request::from_parts(head, rest.into())).await;
    }
    let targets = targets(&operation, &read, &front.schema.read().unwrap_or_else(PoisonError::into_inner));
    let written = front.forward(Request::from_parts(head, body.into()));
    if targets.is_empty() { written.await } else { front.write_and_record(&targets, false, written).await }
}

fn operation(headers: &HeaderMap) -> String {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    target.rsplit('.').next().unwrap_or_default().to_owned()
}
