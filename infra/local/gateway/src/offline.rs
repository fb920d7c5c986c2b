//! The API without a server: requests in, answers and events out, at times that the caller names.

use axum::http::{HeaderMap, Method, Uri};

use crate::api;
use crate::error::ApiError;
use crate::event::Event;
use crate::gateway::{Books, Request, refusal, reply};
use crate::idempotency::{Claim, Keys, Reply};
use crate::intent::{Intent, Seconds};
use crate::ledger::Ledger;
use crate::refund::Refund;

/// A gateway for simulations, whose clock and deliveries are theirs.
#[derive(Debug)]
pub struct Offline {
    api_key: String,
    books: Books,
}

/// What goes wrong with a request that arrives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mishap {
    /// Nothing.
    #[default]
    None,
    /// It happens, yet the answer is 500, and 500 again for its key.
    Breaks,
    /// The bank will not, though nothing stands in the way here; and will not again for its key.
    Refuses,
}

/// What a request led to.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The exact body.
    pub body: String,
    /// Whether it is an earlier request's answer.
    pub replayed: bool,
    /// What is to be delivered, in order.
    pub notices: Vec<Notice>,
}

/// An event on its way to the webhook.
#[derive(Clone, Debug)]
pub struct Notice {
    /// `evt_…`
    pub id: String,
    /// The order that it is about.
    pub order_id: Option<String>,
    /// The exact bytes to be signed and sent.
    pub payload: String,
}

impl From<Event> for Notice {
    fn from(event: Event) -> Self {
        Self { id: event.id, order_id: event.order_id, payload: event.payload }
    }
}

impl Offline {
    /// A gateway without intents, whose holds lapse after so many seconds.
    pub fn new(api_key: &str, hold_seconds: Seconds) -> Self {
        let ledger = Ledger::new(hold_seconds, Vec::new(), Vec::new(), Vec::new());
        let books = Books { ledger, keys: Keys::default() };
        Self { api_key: api_key.to_owned(), books }
    }

    /// All intents, oldest first.
    pub fn intents(&self) -> &[Intent] {
        self.books.ledger.intents()
    }

    /// All refunds, oldest first.
    pub fn refunds(&self) -> &[Refund] {
        self.books.ledger.refunds()
    }

    /// The bank takes a refund, or sends its money back. Nothing happens where there is none, or it has failed.
    pub fn settle_refund(&mut self, id: &str, succeeded: bool, now: Seconds) -> Vec<Notice> {
        let mut events = Vec::new();
        let _refused_where_there_is_none = self.books.ledger.settle_refund(id, succeeded, now, &mut events);
        events.into_iter().map(Notice::from).collect()
    }

    /// Carries a request out and answers it.
    pub fn answer(
        &mut self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        body: &[u8],
        mishap: Mishap,
        now: Seconds,
    ) -> Answer {
        match api::parse(&self.api_key, method, uri, headers, body) {
            Ok(request) => self.answer_once(request, mishap, now),
            Err(error) => Answer::without_effect(refusal(&error), false),
        }
    }

    /// The customer answers a challenge. Nothing happens where none is open.
    pub fn authenticate(&mut self, intent: &str, succeeded: bool, now: Seconds) -> Vec<Notice> {
        let mut events = Vec::new();
        let _refused_where_none_is_open = self.books.ledger.authenticate(intent, succeeded, now, &mut events);
        events.into_iter().map(Notice::from).collect()
    }

    /// Lets every hold lapse whose time has come.
    pub fn expire(&mut self, now: Seconds) -> Vec<Notice> {
        self.books.ledger.expire(now).into_iter().map(Notice::from).collect()
    }

    fn answer_once(&mut self, request: Request, mishap: Mishap, now: Seconds) -> Answer {
        if let Some(key) = &request.idempotency_key {
            match self.books.keys.claim(key, &request.fingerprint, now) {
                Claim::First => {}
                Claim::Replay(reply) => return Answer::without_effect(reply, true),
                Claim::OtherParameters => return Answer::without_effect(refusal(&ApiError::key_reused(key)), false),
                Claim::InFlight => return Answer::without_effect(refusal(&ApiError::key_in_use(key)), false),
            }
        }
        let (reply, events) = match mishap {
            Mishap::Refuses => (refusal(&ApiError::bank_refused()), Vec::new()),
            Mishap::Breaks => (refusal(&ApiError::internal()), self.books.ledger.apply(request.command, now).events),
            Mishap::None => {
                let applied = self.books.ledger.apply(request.command, now);
                (reply(&applied.result), applied.events)
            }
        };
        if let Some(key) = request.idempotency_key {
            self.books.keys.finish(key, reply.clone(), now);
        }
        Answer { notices: events.into_iter().map(Notice::from).collect(), ..Answer::without_effect(reply, false) }
    }
}

impl Answer {
    fn without_effect(reply: Reply, replayed: bool) -> Self {
        Self { status: reply.status, body: reply.body, replayed, notices: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(gateway: &mut Offline, path: &str, form: &str, key: Option<&str>, mishap: Mishap) -> Answer {
        let mut headers = HeaderMap::new();
        headers.insert("authorization", "Bearer k".parse().unwrap());
        if let Some(key) = key {
            headers.insert("idempotency-key", key.parse().unwrap());
        }
        gateway.answer(&Method::POST, &path.parse().unwrap(), &headers, form.as_bytes(), mishap, 0)
    }

    #[test]
    fn a_key_acts_once_whatever_was_answered() {
        let mut gateway = Offline::new("k", 100);
        let form = "amount=500&currency=usd&capture_method=manual&payment_method=pm_card_visa";
        let first = post(&mut gateway, "/v1/payment_intents", form, Some("a"), Mishap::Breaks);
        let again = post(&mut gateway, "/v1/payment_intents", form, Some("a"), Mishap::None);
        assert_eq!((first.status, again.status, again.replayed), (500, 500, true));
        assert_eq!((gateway.intents().len(), first.notices.len(), again.notices.len()), (1, 1, 0));
    }

    #[test]
    fn a_refusal_is_kept_under_its_key_and_changes_nothing() {
        let mut gateway = Offline::new("k", 100);
        let form = "amount=500&currency=usd&capture_method=manual&payment_method=pm_card_visa";
        let refused = post(&mut gateway, "/v1/payment_intents", form, Some("a"), Mishap::Refuses);
        let again = post(&mut gateway, "/v1/payment_intents", form, Some("a"), Mishap::None);
        assert_eq!((refused.status, again.status, again.replayed), (402, 402, true));
        assert!(gateway.intents().is_empty());
    }

    #[test]
    fn a_stranger_is_refused() {
        let mut gateway = Offline::new("another", 100);
        assert_eq!(post(&mut gateway, "/v1/payment_intents", "", None, Mishap::None).status, 401);
    }
}
