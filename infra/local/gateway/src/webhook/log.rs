//! What happened to each event.

use std::collections::VecDeque;

use serde::Serialize;

use crate::event::Event;
use crate::intent::Seconds;

/// Enough for any test run, little enough for memory.
const REMEMBERED: usize = 20_000;

/// One attempt to deliver.
#[derive(Clone, Debug, Serialize)]
pub struct Delivery {
    /// When it was sent.
    pub at: Seconds,
    /// The receiver's answer.
    pub status: Option<u16>,
    /// Why there was no answer.
    pub error: Option<String>,
}

impl Delivery {
    /// The receiver answered.
    pub fn answered(at: Seconds, status: u16) -> Self {
        Self { at, status: Some(status), error: None }
    }

    /// The receiver could not be reached.
    pub fn failed(at: Seconds, error: String) -> Self {
        Self { at, status: None, error: Some(error) }
    }

    /// Whether the receiver took the event.
    pub fn taken(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }
}

/// An event and its deliveries.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The event.
    pub event: Event,
    /// The attempts so far.
    pub deliveries: Vec<Delivery>,
}

/// The newest events, oldest first.
#[derive(Debug, Default)]
pub struct EventLog(VecDeque<Entry>);

impl EventLog {
    /// Notes an event.
    pub fn record(&mut self, event: Event) {
        if self.0.len() == REMEMBERED {
            self.0.pop_front();
        }
        self.0.push_back(Entry { event, deliveries: Vec::new() });
    }

    /// Notes an attempt.
    pub fn delivered(&mut self, id: &str, delivery: Delivery) {
        if let Some(entry) = self.0.iter_mut().rev().find(|entry| entry.event.id == id) {
            entry.deliveries.push(delivery);
        }
    }

    /// One event.
    pub fn find(&self, id: &str) -> Option<&Event> {
        self.0.iter().rev().map(|entry| &entry.event).find(|event| event.id == id)
    }

    /// All events still remembered.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.0.iter()
    }
}
