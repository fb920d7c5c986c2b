use jiff::{SignedDuration, Timestamp, fmt::serde::timestamp::millisecond};
use serde::{Deserialize, Serialize};
use souk_dynamo::{StoreError, Table};
use souk_wiring::FromEnvironment;

use crate::gateway::Window;

/// How far the reconciliation has come, in the `payments` table: a run is bounded, the next one goes on.
#[derive(Debug, Clone, FromEnvironment)]
pub struct ReconciliationCursor {
    #[variable("PAYMENTS_TABLE")]
    table: Table,
}

/// A walk through the gateway's intents that has not come to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resume {
    #[serde(with = "millisecond::required")]
    from: Timestamp,
    #[serde(with = "millisecond::required")]
    to: Timestamp,
    after: String,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    id: String,
    #[serde(flatten)]
    resume: Resume,
}

const KEY: &str = "reconciliation";

/// How far all payments were compared that had come to an age: each is looked at once at that age, whatever comes behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// All that were made before were looked at.
    #[serde(with = "millisecond::required")]
    pub until: Timestamp,
    /// What of the time after that is being walked through.
    parts: Vec<Part>,
}

/// A part of a time, and how far its payments were walked through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    #[serde(with = "millisecond::required")]
    from: Timestamp,
    #[serde(with = "millisecond::required")]
    to: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<String>,
    #[serde(default)]
    is_over: bool,
}

#[derive(Serialize, Deserialize)]
struct StoredLook {
    id: String,
    #[serde(flatten)]
    look: Look,
}

impl Look {
    /// One that has seen all that was made before.
    pub fn since(until: Timestamp) -> Self {
        Self { until, parts: Vec::new() }
    }

    /// Goes on up to this time, in so many parts, each of a second at least; what is being walked through is finished first.
    pub fn go_on(&mut self, to: Timestamp, parts: u32) {
        let millis = to.as_millisecond() - self.until.as_millisecond();
        if !self.parts.is_empty() || millis < 1_000 {
            return;
        }
        let count = i64::from(parts).min(millis / 1_000);
        let at = |part: i64| self.until + SignedDuration::from_millis(millis * part / count);
        let part = |number| Part { from: at(number), to: at(number + 1), after: None, is_over: false };
        self.parts = (0..count).map(part).collect();
    }

    /// The parts that are not walked to their ends.
    pub fn parts(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(|part| !part.is_over)
    }

    /// Takes down where each of those parts goes on, in their order; `None` where it has ended.
    pub fn advance(&mut self, next: impl IntoIterator<Item = Option<String>>) {
        for (part, next) in self.parts.iter_mut().filter(|part| !part.is_over).zip(next) {
            part.is_over = next.is_none();
            part.after = next;
        }
        if self.parts.iter().all(|part| part.is_over) {
            self.until = self.parts.last().map_or(self.until, |part| part.to);
            self.parts.clear();
        }
    }
}

impl Part {
    /// When its payments were made.
    pub fn window(&self) -> Window {
        Window { from: self.from, to: self.to }
    }

    /// The payment after which it goes on.
    pub fn after(&self) -> Option<&str> {
        self.after.as_deref()
    }
}

impl Resume {
    /// This window, after this intent.
    pub fn new(window: Window, after: String) -> Self {
        Self { from: window.from, to: window.to, after }
    }

    /// The window that is walked through.
    pub fn window(&self) -> Window {
        Window { from: self.from, to: self.to }
    }

    /// The intent after which it goes on.
    pub fn after(&self) -> &str {
        &self.after
    }
}

impl ReconciliationCursor {
    /// The cursor in this table (key `id`).
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// How far the look of this name has come; `None` before the first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn look(&self, name: &str) -> Result<Option<Look>, StoreError> {
        Ok(self.table.get::<StoredLook>(&[("id", &format!("{KEY}-{name}"))]).await?.map(|stored| stored.look))
    }

    /// Keeps how far a look has come. No condition, as [`ReconciliationCursor::set`].
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keep_look(&self, name: &str, look: &Look) -> Result<(), StoreError> {
        self.table.put(&StoredLook { id: format!("{KEY}-{name}"), look: look.clone() }).await
    }

    /// Where the last run stopped; `None` where it came to the end.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn get(&self) -> Result<Option<Resume>, StoreError> {
        Ok(self.table.get::<Stored>(&[("id", KEY)]).await?.map(|stored| stored.resume))
    }

    /// Keeps where this run stopped. No condition: two runs at once do the same work twice, nothing worse.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn set(&self, resume: Option<Resume>) -> Result<(), StoreError> {
        match resume {
            Some(resume) => self.table.put(&Stored { id: KEY.to_owned(), resume }).await,
            None => self.table.delete(&[("id", KEY)]).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_look_has_seen_a_time_once_all_of_its_parts_have_ended() {
        let mut look = Look::since(at(100));
        look.go_on(at(100), 4);
        assert_eq!(look, Look::since(at(100)), "nothing is due");
        look.go_on(at(900), 4);
        let windows: Vec<_> = look.parts().map(Part::window).map(|it| (it.from, it.to)).collect();
        assert_eq!(windows, [(100, 300), (300, 500), (500, 700), (700, 900)].map(|(from, to)| (at(from), at(to))));
        look.advance([None, Some("pi_1".to_owned()), None, None]);
        look.go_on(at(5_000), 4);
        let left: Vec<_> = look.parts().map(|part| (part.window().from, part.after())).collect();
        assert_eq!((left, look.until), (vec![(at(300), Some("pi_1"))], at(100)), "what has begun is finished first");
        look.advance([None]);
        assert_eq!(look, Look::since(at(900)));
        look.go_on(at(902), 4);
        assert_eq!(look.parts().count(), 2, "the gateway knows whole seconds");
    }
}
