//! Carries requests out: faults, idempotency, the ledger, the events that follow.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;

use crate::command::Command;
use crate::error::ApiError;
use crate::event::Event;
use crate::fault::{Faults, RequestFault};
use crate::idempotency::{Claim, Keys, Reply};
use crate::ledger::{Applied, Ledger};
use crate::request_log::{Entry, RequestLog};
use crate::webhook::Dispatcher;
use crate::{clock, id};

/// A parsed and authenticated request.
#[derive(Clone, Debug)]
pub struct Request {
    /// What it asks for.
    pub command: Command,
    /// What makes it the same request as another: method, path and parameters.
    pub fingerprint: String,
    /// Its idempotency key; none for reads.
    pub idempotency_key: Option<String>,
}

/// What comes back over the connection.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// An answer.
    Answer {
        /// Status and body.
        reply: Reply,
        /// Whether it is an earlier request's answer.
        replayed: bool,
        /// `req_…`
        request_id: String,
    },
    /// Nothing: the connection is closed.
    HangUp,
}

/// What must change together.
#[derive(Clone, Debug)]
pub struct Books {
    /// Intents and refunds.
    pub ledger: Ledger,
    /// Idempotency keys.
    pub keys: Keys,
}

/// The gateway's whole state.
#[derive(Debug)]
pub struct Gateway {
    books: Mutex<Books>,
    faults: Mutex<Faults>,
    requests: Mutex<RequestLog>,
    dispatcher: Arc<Dispatcher>,
    changed: AtomicBool,
}

impl Gateway {
    /// A gateway with these books.
    pub fn new(books: Books, dispatcher: Arc<Dispatcher>) -> Arc<Self> {
        Arc::new(Self {
            books: Mutex::new(books),
            faults: Mutex::default(),
            requests: Mutex::default(),
            dispatcher,
            changed: AtomicBool::new(false),
        })
    }

    /// Intents, refunds, keys.
    pub fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The faults still to come.
    pub fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was asked.
    pub fn requests(&self) -> MutexGuard<'_, RequestLog> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where events go.
    pub fn dispatcher(&self) -> &Arc<Dispatcher> {
        &self.dispatcher
    }

    /// Whether the books changed since the last call.
    pub fn take_changed(&self) -> bool {
        self.changed.swap(false, Ordering::AcqRel)
    }

    /// Says that the books changed.
    pub fn set_changed(&self) {
        self.changed.store(true, Ordering::Release);
    }

    /// Carries a request out. Must not be canceled half-way: the effect does not depend on the caller's patience.
    pub async fn execute(&self, request: Request) -> Outcome {
        let operation = request.command.operation();
        let named = request.command.intent().map(str::to_owned);
        let order_id = self.order_of(&request.command);
        let idempotency_key = request.idempotency_key.clone();
        let fault = self.faults().for_request(operation, order_id.as_deref(), named.as_deref());
        let (outcome, created) = self.run(request, fault).await;
        let (status, replayed, request_id) = match &outcome {
            Outcome::Answer { reply, replayed, request_id } => (Some(reply.status), *replayed, request_id.clone()),
            Outcome::HangUp => (None, false, id::fresh("req")),
        };
        self.requests().record(Entry {
            request_id,
            at: clock::now(),
            operation,
            order_id,
            intent: named.or(created),
            idempotency_key,
            status,
            replayed,
            fault: fault.map(|(fault, _)| fault),
        });
        outcome
    }

    /// Sends events that no request caused.
    pub async fn publish(&self, events: Vec<Event>) {
        if events.is_empty() {
            return;
        }
        self.set_changed();
        for event in events {
            let fault = self.faults().for_event(&event);
            self.dispatcher.dispatch(event, fault).await;
        }
    }

    async fn run(&self, request: Request, fault: Option<(RequestFault, Duration)>) -> (Outcome, Option<String>) {
        match fault {
            Some((RequestFault::TimeoutBeforeEffect, delay)) => {
                tokio::time::sleep(delay).await;
                return (Outcome::HangUp, None);
            }
            Some((RequestFault::ServerError, _)) => return (answer(refusal(&ApiError::internal()), false), None),
            Some((RequestFault::RateLimited, _)) => return (answer(refusal(&ApiError::rate_limited()), false), None),
            _ => {}
        }
        let (reply, replayed, intent) = self.answer_once(request, fault).await;
        match fault {
            Some((RequestFault::TimeoutAfterEffect, delay)) => {
                tokio::time::sleep(delay).await;
                (Outcome::HangUp, intent)
            }
            _ => (answer(reply, replayed), intent),
        }
    }

    /// Answers a request, or repeats the answer that its key already has.
    async fn answer_once(
        &self,
        request: Request,
        fault: Option<(RequestFault, Duration)>,
    ) -> (Reply, bool, Option<String>) {
        if let Some(key) = &request.idempotency_key {
            match self.books().keys.claim(key, &request.fingerprint, clock::now()) {
                Claim::First => {}
                Claim::Replay(reply) => return (reply, true, None),
                Claim::OtherParameters => return (refusal(&ApiError::key_reused(key)), false, None),
                Claim::InFlight => return (refusal(&ApiError::key_in_use(key)), false, None),
            }
        }
        if let Some((RequestFault::Slow, delay)) = fault {
            tokio::time::sleep(delay).await;
        }
        let (reply, events, intent) = self.apply(request, fault.map(|(fault, _)| fault));
        self.publish(events).await;
        (reply, false, intent)
    }

    /// The effect and the memory of its answer: one critical section, so that no crash or race parts them.
    fn apply(&self, request: Request, fault: Option<RequestFault>) -> (Reply, Vec<Event>, Option<String>) {
        let now = clock::now();
        let mut books = self.books();
        let applied = match fault {
            Some(RequestFault::Refused) => {
                Applied { result: Err(ApiError::bank_refused()), events: Vec::new(), intent: None }
            }
            _ => books.ledger.apply(request.command, now),
        };
        let reply = match fault {
            Some(RequestFault::ServerErrorAfterEffect) => refusal(&ApiError::internal()),
            _ => reply(&applied.result),
        };
        if let Some(key) = request.idempotency_key {
            books.keys.finish(key, reply.clone(), now);
            self.set_changed();
        }
        (reply, applied.events, applied.intent)
    }

    fn order_of(&self, command: &Command) -> Option<String> {
        if let Command::Create { new, .. } = command {
            return new.metadata.get("order_id").cloned();
        }
        self.books().ledger.intent(command.intent()?)?.order_id().map(str::to_owned)
    }
}

/// A result as an answer.
pub fn reply(result: &Result<Value, ApiError>) -> Reply {
    match result {
        Ok(body) => Reply { status: 200, body: pretty(body) },
        Err(error) => refusal(error),
    }
}

/// An error as an answer.
pub fn refusal(error: &ApiError) -> Reply {
    Reply { status: error.status, body: pretty(&error.body()) }
}

/// An answer with a request id of its own.
pub fn answer(reply: Reply, replayed: bool) -> Outcome {
    Outcome::Answer { reply, replayed, request_id: id::fresh("req") }
}

fn pretty(body: &Value) -> String {
    format!("{body:#}")
}
