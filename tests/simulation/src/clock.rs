//! Virtual time: it moves when everybody waits, or when the scheduler says so.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// When every schedule begins.
const EPOCH_SECONDS: i64 = 1_800_000_000;

/// A schedule's clock. It must be made inside of the schedule's runtime.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    start: Instant,
}

impl Clock {
    /// A clock that starts now.
    pub fn start() -> Self {
        Self { start: Instant::now() }
    }

    /// The time, to the millisecond, as production code stores it.
    pub fn now(&self) -> Timestamp {
        let elapsed = i64::try_from(self.start.elapsed().as_millis()).unwrap_or(i64::MAX);
        Self::epoch() + SignedDuration::from_millis(elapsed)
    }

    /// When every schedule begins.
    pub fn epoch() -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(EPOCH_SECONDS)
    }
}

/// Waits.
pub async fn pause_millis(millis: u64) {
    tokio::time::sleep(Duration::from_millis(millis)).await;
}
