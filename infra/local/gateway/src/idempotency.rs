//! Idempotency keys: the first answer under a key is every later answer under it.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::intent::Seconds;

/// How long a key is remembered: Stripe promises at least a day.
const REMEMBERED: Seconds = 24 * 60 * 60;

/// An answer as it went out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// The exact body.
    pub body: String,
}

/// A key that was answered.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Record {
    /// What was asked.
    pub fingerprint: String,
    /// When.
    pub created: Seconds,
    /// What was answered.
    pub reply: Reply,
}

/// What a key says about a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Nobody used it: carry the request out, then call [`Keys::finish`].
    First,
    /// It was answered: answer the same.
    Replay(Reply),
    /// It was used for something else.
    OtherParameters,
    /// Its first request is still being carried out.
    InFlight,
}

/// The keys seen.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    answered: HashMap<String, Record>,
    in_flight: HashMap<String, String>,
}

impl Keys {
    /// Keys read back from a state file.
    pub fn new(answered: HashMap<String, Record>) -> Self {
        Self { answered, in_flight: HashMap::new() }
    }

    /// The keys that were answered.
    pub fn answered(&self) -> &HashMap<String, Record> {
        &self.answered
    }

    /// Claims a key for a request.
    pub fn claim(&mut self, key: &str, fingerprint: &str, now: Seconds) -> Claim {
        if let Some(first) = self.in_flight.get(key) {
            return if first == fingerprint { Claim::InFlight } else { Claim::OtherParameters };
        }
        match self.answered.get(key) {
            Some(record) if record.created + REMEMBERED > now => {
                if record.fingerprint == fingerprint {
                    Claim::Replay(record.reply.clone())
                } else {
                    Claim::OtherParameters
                }
            }
            _ => {
                self.in_flight.insert(key.to_owned(), fingerprint.to_owned());
                Claim::First
            }
        }
    }

    /// Keeps the answer to a claimed request.
    pub fn finish(&mut self, key: String, reply: Reply, now: Seconds) {
        if let Some(fingerprint) = self.in_flight.remove(&key) {
            self.answered.insert(key, Record { fingerprint, created: now, reply });
        }
    }

    /// Forgets keys that are too old to be replayed.
    pub fn prune(&mut self, now: Seconds) {
        self.answered.retain(|_, record| record.created + REMEMBERED > now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(body: &str) -> Reply {
        Reply { status: 200, body: body.to_owned() }
    }

    #[test]
    fn the_first_answer_is_replayed() {
        let mut keys = Keys::default();
        assert_eq!(keys.claim("k", "a=1", 0), Claim::First);
        assert_eq!(keys.claim("k", "a=1", 0), Claim::InFlight);
        assert_eq!(keys.claim("k", "a=2", 0), Claim::OtherParameters);
        keys.finish("k".to_owned(), reply("first"), 0);
        assert_eq!(keys.claim("k", "a=1", 1), Claim::Replay(reply("first")));
        assert_eq!(keys.claim("k", "a=2", 1), Claim::OtherParameters);
        assert_eq!(keys.claim("other", "a=1", 1), Claim::First);
    }

    #[test]
    fn a_key_is_forgotten_after_a_day() {
        let mut keys = Keys::default();
        keys.claim("k", "a=1", 0);
        keys.finish("k".to_owned(), reply("first"), 0);
        assert_eq!(keys.clone().claim("k", "a=1", REMEMBERED - 1), Claim::Replay(reply("first")));
        assert_eq!(keys.clone().claim("k", "a=2", REMEMBERED), Claim::First);
        keys.prune(REMEMBERED);
        assert!(keys.answered().is_empty());
    }
}
