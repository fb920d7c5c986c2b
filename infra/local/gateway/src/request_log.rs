//! What was asked of the API: no secrets, no bodies.

use std::collections::VecDeque;

use serde::Serialize;

use crate::command::Operation;
use crate::fault::RequestFault;
use crate::intent::Seconds;

/// Enough for any test run, little enough for memory.
const REMEMBERED: usize = 50_000;

/// One request.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// `req_…`
    pub request_id: String,
    /// When it was answered, or left unanswered.
    pub at: Seconds,
    /// What it asked for.
    pub operation: Operation,
    /// The order it was about.
    pub order_id: Option<String>,
    /// The intent it was about.
    pub intent: Option<String>,
    /// Its idempotency key.
    pub idempotency_key: Option<String>,
    /// The status answered; none where the connection was closed instead.
    pub status: Option<u16>,
    /// Whether the answer was an earlier one's.
    pub replayed: bool,
    /// The fault that struck it.
    pub fault: Option<RequestFault>,
}

/// The newest requests, oldest first.
#[derive(Debug, Default)]
pub struct RequestLog(VecDeque<Entry>);

impl RequestLog {
    /// Notes a request.
    pub fn record(&mut self, entry: Entry) {
        if self.0.len() == REMEMBERED {
            self.0.pop_front();
        }
        self.0.push_back(entry);
    }

    /// The requests still remembered.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.0.iter()
    }
}
