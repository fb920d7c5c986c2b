//! A webhook endpoint that keeps what it gets.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::Value;

use crate::client::eventually;

#[derive(Debug, Default)]
struct Inbox {
    received: Vec<(String, String)>,
    refusals: VecDeque<u16>,
}

/// A running endpoint.
#[derive(Clone, Debug)]
pub struct Receiver {
    pub url: String,
    inbox: Arc<Mutex<Inbox>>,
}

impl Receiver {
    pub async fn start() -> Self {
        let inbox = Arc::new(Mutex::new(Inbox::default()));
        let app = Router::new().route("/webhooks", post(receive)).with_state(Arc::clone(&inbox));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/webhooks", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, inbox }
    }

    /// The next requests are answered so.
    pub fn refuse(&self, statuses: &[u16]) {
        self.inbox.lock().unwrap().refusals.extend(statuses);
    }

    /// Signature and body of everything received so far.
    pub fn received(&self) -> Vec<(String, String)> {
        self.inbox.lock().unwrap().received.clone()
    }

    /// The types received so far, in order.
    pub fn types(&self) -> Vec<String> {
        let events = self.received();
        let parsed = events.iter().map(|(_, body)| serde_json::from_str::<Value>(body).unwrap());
        parsed.map(|event| event["type"].as_str().unwrap().to_owned()).collect()
    }

    /// Waits until exactly these types came, in any order.
    pub async fn expect(&self, types: &[&str]) {
        let mut wanted: Vec<&str> = types.to_vec();
        wanted.sort_unstable();
        eventually(&format!("{wanted:?}"), async || {
            let mut seen = self.types();
            seen.sort_unstable();
            (seen == wanted).then_some(())
        })
        .await;
    }
}

async fn receive(State(inbox): State<Arc<Mutex<Inbox>>>, headers: HeaderMap, body: String) -> StatusCode {
    let signature = headers["stripe-signature"].to_str().unwrap().to_owned();
    let mut inbox = inbox.lock().unwrap();
    inbox.received.push((signature, body));
    let status = inbox.refusals.pop_front().unwrap_or(200);
    StatusCode::from_u16(status).unwrap()
}
