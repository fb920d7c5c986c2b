//! When events are delivered, in which order and how often.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{EventLog, Sender};
use crate::event::Event;
use crate::fault::WebhookFault;

/// Attempts per delivery, the first included.
const ATTEMPTS: u32 = 6;

/// An early delivery may hold up the answer for so long.
const EARLY_WITHIN: Duration = Duration::from_secs(5);

/// Delivers events in the background.
#[derive(Debug)]
pub struct Dispatcher {
    sender: Sender,
    first_retry: Duration,
    log: Mutex<EventLog>,
    /// Events waiting to be overtaken by the next one of their intent.
    held: Mutex<HashMap<String, Vec<Event>>>,
}

impl Dispatcher {
    /// A dispatcher whose first retry comes after `first_retry`; each further pause is twice as long.
    pub fn new(sender: Sender, first_retry: Duration) -> Arc<Self> {
        Arc::new(Self { sender, first_retry, log: Mutex::default(), held: Mutex::default() })
    }

    /// Where events go.
    pub fn sender(&self) -> &Sender {
        &self.sender
    }

    /// What happened to each event.
    pub fn log(&self) -> MutexGuard<'_, EventLog> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes an event over. Returns when the request that caused it may be answered.
    pub async fn dispatch(self: &Arc<Self>, event: Event, fault: Option<(WebhookFault, Duration)>) {
        self.log().record(event.clone());
        let this = Arc::clone(self);
        match fault {
            None => {
                tokio::spawn(async move { this.deliver_then_held(&event).await });
            }
            Some((WebhookFault::Lost, _)) => {}
            Some((WebhookFault::Duplicate, _)) => {
                tokio::spawn(async move {
                    this.deliver(&event).await;
                    this.deliver_then_held(&event).await;
                });
            }
            Some((WebhookFault::Early, _)) => {
                let delivery = tokio::spawn(async move { this.deliver_then_held(&event).await });
                // Whether it was taken in time or not, the answer follows.
                let _late = tokio::time::timeout(EARLY_WITHIN, delivery).await;
            }
            Some((WebhookFault::Late, delay)) => {
                tokio::spawn(async move {
                    tokio::time::sleep(delay).await;
                    this.deliver_then_held(&event).await;
                });
            }
            Some((WebhookFault::Reordered, delay)) => {
                let intent = event.intent.clone();
                self.held().entry(intent.clone()).or_default().push(event);
                tokio::spawn(async move {
                    tokio::time::sleep(delay).await;
                    this.deliver_held(&intent).await;
                });
            }
        }
    }

    /// Delivers a recorded event once more. Returns whether there is such an event.
    pub fn resend(self: &Arc<Self>, id: &str) -> bool {
        let Some(event) = self.log().find(id).cloned() else { return false };
        let this = Arc::clone(self);
        tokio::spawn(async move { this.deliver(&event).await });
        true
    }

    async fn deliver_then_held(&self, event: &Event) {
        self.deliver(event).await;
        self.deliver_held(&event.intent).await;
    }

    async fn deliver_held(&self, intent: &str) {
        let overtaken = self.held().remove(intent).unwrap_or_default();
        for event in overtaken {
            self.deliver(&event).await;
        }
    }

    async fn deliver(&self, event: &Event) {
        let mut pause = self.first_retry;
        for attempt in 1..=ATTEMPTS {
            let Some(delivery) = self.sender.send(&event.payload).await else { return };
            let taken = delivery.taken();
            self.log().delivered(&event.id, delivery);
            if taken || attempt == ATTEMPTS {
                return;
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
    }

    fn held(&self) -> MutexGuard<'_, HashMap<String, Vec<Event>>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
