//! What is asked of a DynamoDB, and what that costs by its own account.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use aws_sdk_dynamodb::Client;
use aws_smithy_http_client::Builder;
use aws_smithy_runtime_api::client::{
    http::{
        HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
    },
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::{body::SdkBody, byte_stream::ByteStream};
use serde_json::{Value, json};

/// The line to a DynamoDB, on which each request asks for its price.
#[derive(Debug, Clone)]
pub struct Meter {
    inner: SharedHttpClient,
    bill: Arc<Mutex<BTreeMap<String, Item>>>,
}

/// Requests of an operation, and their units.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Item {
    pub requests: u32,
    pub units: f64,
}

impl Meter {
    /// A line to the tables of the transactions, and a client that uses it.
    pub async fn to_a_new_store() -> (Self, Client) {
        Self::to_tables_of("transactions").await
    }

    /// A line to the tables of a world, and a client that uses it.
    pub async fn to_tables_of(world: &str) -> (Self, Client) {
        Self::before(&souk_testkit::dynamodb::with_tables_of(world).await.unwrap())
    }

    /// A line to the tables that a client reaches, and a client that uses it.
    pub fn before(direct: &Client) -> (Self, Client) {
        let meter = Self { inner: Builder::new().build_http(), bill: Arc::default() };
        let config = direct.config().to_builder().http_client(meter.clone()).build();
        (meter, Client::from_conf(config))
    }

    /// What has been asked since the last bill.
    pub fn bill(&self) -> BTreeMap<String, Item> {
        std::mem::take(&mut self.bill.lock().unwrap())
    }
}

/// Units of writes and of reads, in that order.
pub fn units(bill: &BTreeMap<String, Item>) -> (f64, f64) {
    let (reads, writes): (Vec<_>, Vec<_>) =
        bill.iter().partition(|(name, _)| ["GetItem", "BatchGetItem", "Query"].contains(&name.as_str()));
    let sum = |items: Vec<(&String, &Item)>| items.iter().map(|(_, item)| item.units).sum();
    (sum(writes), sum(reads))
}

impl HttpClient for Meter {
    fn http_connector(&self, settings: &HttpConnectorSettings, parts: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(End { meter: self.clone(), inner: self.inner.http_connector(settings, parts) })
    }
}

#[derive(Debug)]
struct End {
    meter: Meter,
    inner: SharedHttpConnector,
}

impl HttpConnector for End {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        let mut body: Value = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
        body["ReturnConsumedCapacity"] = json!("TOTAL");
        let body = body.to_string();
        request.headers_mut().insert("content-length", body.len().to_string());
        *request.body_mut() = SdkBody::from(body);
        let (answer, meter) = (self.inner.call(request), self.meter.clone());
        HttpConnectorFuture::new(async move {
            let response = answer.await?;
            let status = response.status();
            let body = ByteStream::new(response.into_body()).collect().await;
            let body = body.map_err(|error| ConnectorError::io(error.into()))?.to_vec();
            let read: Value = serde_json::from_slice(&body).unwrap_or_default();
            let consumed = &read["ConsumedCapacity"];
            let consumed = consumed.as_array().cloned().unwrap_or_else(|| vec![consumed.clone()]);
            let mut bill = meter.bill.lock().unwrap();
            let item = bill.entry(operation).or_default();
            item.requests += 1;
            item.units += consumed.iter().filter_map(|table| table["CapacityUnits"].as_f64()).sum::<f64>();
            Ok(HttpResponse::new(status, SdkBody::from(body)))
        })
    }
}
