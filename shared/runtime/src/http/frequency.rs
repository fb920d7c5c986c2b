//! How often each user asks a route that writes or is dear.
//!
//! Most users ask a few times a minute, and cost nothing: an instance counts them in its memory. Who asks more often than
//! that is counted in a table, which all instances share, and refused there beyond the limit. So nobody is refused within
//! the limit, and beyond it each instance lets pass no more than what it does not count.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use souk_domain::ids::UserId;
use souk_dynamo::{Outcome, StoreError, Table, Update, decode, n};
use souk_wiring::{ConfigError, Environment, FromEnvironment};

/// The time in which requests are counted together.
const WINDOW: SignedDuration = SignedDuration::from_mins(1);
/// How long a count is kept behind its minute.
const RETENTION: SignedDuration = SignedDuration::from_hours(24);

/// Whether one more request is within the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// It is.
    WithinLimit,
    /// It is not, for this long.
    TooOften {
        /// Until the next minute, in whole seconds, one at the least.
        again_after: SignedDuration,
    },
}

/// The count of one function's requests by users.
#[derive(Debug)]
pub struct Frequency {
    table: Table,
    function: String,
    limit: u32,
    uncounted: u32,
    here: Mutex<Here>,
}

/// What this instance has seen in a minute.
#[derive(Debug, Default)]
struct Here {
    minute: i64,
    by_user: HashMap<UserId, Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    /// Requests that the table has not been told of.
    untold: u32,
    is_told: bool,
    is_refused: bool,
}

#[derive(Deserialize)]
struct Counted {
    requests: u32,
}

impl Frequency {
    /// Takes `limit` requests of a user and minute; each instance counts to `uncounted` before it tells the table.
    pub fn new(table: Table, function: impl Into<String>, limit: u32, uncounted: u32) -> Self {
        Self { table, function: function.into(), limit, uncounted, here: Mutex::default() }
    }

    /// Counts one request. Where the table does not answer, nobody is refused.
    pub async fn count(&self, user_id: &UserId, now: Timestamp) -> Asked {
        let minute = now.as_second().div_euclid(WINDOW.as_secs());
        let ends = (minute + 1) * WINDOW.as_secs();
        let refused = Asked::TooOften { again_after: SignedDuration::from_secs(ends - now.as_second()) };
        let untold = match self.seen(user_id, minute, Seen::one_more(self.uncounted)) {
            Next::Pass => return Asked::WithinLimit,
            Next::Refuse => return refused,
            Next::Tell(untold) => untold,
        };
        match self.tell(user_id, minute, untold).await {
            Ok(requests) if requests > self.limit => {
                self.seen(user_id, minute, |seen| seen.is_refused = true);
                refused
            }
            Ok(_) => Asked::WithinLimit,
            Err(error) => {
                tracing::warn!(error = %error, "requests were not counted");
                Asked::WithinLimit
            }
        }
    }

    fn seen<T>(&self, user_id: &UserId, minute: i64, change: impl FnOnce(&mut Seen) -> T) -> T {
        let mut here = self.here.lock().unwrap_or_else(PoisonError::into_inner);
        if here.minute != minute {
            *here = Here { minute, by_user: HashMap::new() };
        }
        change(here.by_user.entry(user_id.clone()).or_default())
    }

    /// Adds to what all instances have told; the sum.
    async fn tell(&self, user_id: &UserId, minute: i64, untold: u32) -> Result<u32, StoreError> {
        let id = format!("{user_id}#{}#{minute}", self.function);
        let gone = (minute + 1) * WINDOW.as_secs() + RETENTION.as_secs();
        let update = Update::new().set("ttl", n(gone)).add("requests", n(untold));
        match self.table.update(&[("id", &id)], update).await? {
            Outcome::Written(item) => decode::<Counted>(item).map(|counted| counted.requests),
            // It has no condition.
            Outcome::Refused(_) => Ok(0),
        }
    }
}

/// What becomes of a request, as far as this instance knows.
enum Next {
    Pass,
    Refuse,
    Tell(u32),
}

impl Seen {
    fn one_more(uncounted: u32) -> impl FnOnce(&mut Self) -> Next {
        move |seen| {
            if seen.is_refused {
                return Next::Refuse;
            }
            seen.untold += 1;
            if !seen.is_told && seen.untold <= uncounted {
                return Next::Pass;
            }
            seen.is_told = true;
            Next::Tell(std::mem::take(&mut seen.untold))
        }
    }
}

/// The count of a function that has a limit.
#[derive(Debug)]
pub(super) struct IfLimited(pub Option<Frequency>);

/// `REQUESTS_TABLE`, `REQUESTS_A_MINUTE` and `REQUESTS_UNCOUNTED` are set together, or none of them is.
impl FromEnvironment for IfLimited {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        if environment.optional("REQUESTS_TABLE").is_none() {
            return Ok(Self(None));
        }
        let (table, function) = (environment.table("REQUESTS_TABLE")?, environment.required("_HANDLER")?);
        let (limit, uncounted) = (environment.parse("REQUESTS_A_MINUTE")?, environment.parse("REQUESTS_UNCOUNTED")?);
        Ok(Self(Some(Frequency::new(table, function, limit, uncounted))))
    }
}
