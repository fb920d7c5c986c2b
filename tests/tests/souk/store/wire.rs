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
    orchestrator::HttpRequest,
    result::ConnectorError,
    runtime_components::RuntimeComponents,
};

/// The line to a DynamoDB: it counts what goes over it, and loses answers when it is told to.
#[derive(Debug, Clone)]
pub struct Wire {
    inner: SharedHttpClient,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    requests: BTreeMap<String, u32>,
    /// So many answers of this operation are still to be lost.
    losing: BTreeMap<&'static str, u32>,
}

impl Wire {
    /// A line that loses nothing yet, and a client that uses it, to the tables of the transactions.
    pub async fn to_a_new_store() -> (Self, Client) {
        let wire = Self { inner: Builder::new().build_http(), state: Arc::default() };
        let direct = souk_testkit::dynamodb::with_tables_of("transactions").await.unwrap();
        let config = direct.config().to_builder().http_client(wire.clone()).build();
        (wire, Client::from_conf(config))
    }

    /// The next answers of this operation are lost, after its effect.
    pub fn lose_answers(&self, operation: &'static str, answers: u32) {
        self.state.lock().unwrap().losing.insert(operation, answers);
    }

    /// True once all of them are.
    pub fn has_lost_them(&self) -> bool {
        self.state.lock().unwrap().losing.values().all(|left| *left == 0)
    }

    /// How many requests of an operation were sent, repeats included.
    pub fn sent(&self, operation: &str) -> u32 {
        self.state.lock().unwrap().requests.get(operation).copied().unwrap_or(0)
    }

    /// How many requests were sent.
    pub fn sent_in_all(&self) -> u32 {
        self.state.lock().unwrap().requests.values().sum()
    }

    /// Counts a request; true where its answer is to be lost.
    fn note(&self, operation: &str) -> bool {
        let mut state = self.state.lock().unwrap();
        *state.requests.entry(operation.to_owned()).or_default() += 1;
        match state.losing.get_mut(operation) {
            Some(left) if *left > 0 => {
                *left -= 1;
                true
            }
            _ => false,
        }
    }
}

impl HttpClient for Wire {
    fn http_connector(&self, settings: &HttpConnectorSettings, parts: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(End { wire: self.clone(), inner: self.inner.http_connector(settings, parts) })
    }
}

#[derive(Debug)]
struct End {
    wire: Wire,
    inner: SharedHttpConnector,
}

impl HttpConnector for End {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let lost = self.wire.note(target.rsplit('.').next().unwrap_or_default());
        let answer = self.inner.call(request);
        HttpConnectorFuture::new(async move {
            let answer = answer.await;
            if lost { Err(ConnectorError::io("the connection broke".into())) } else { answer }
        })
    }
}
