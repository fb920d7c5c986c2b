//! When a client asks again, so that millions of them stay bearable.

use std::time::Duration;

use jiff::Timestamp;

use super::ShopperKey;
use crate::ids::{SaleId, digest};

/// Before the opening nobody is told to come back later than this: the operator may move it.
pub const LONGEST_BEFORE_OPENING: Duration = Duration::from_secs(3600);
/// Whoever polls or joins in so long before the opening is counted as present.
pub const CHECK_IN: Duration = Duration::from_secs(120);
/// Check-ins end so long before the opening, so that they are counted when it comes.
pub const CHECK_IN_ENDS: Duration = Duration::from_secs(10);
/// Over how much time the first polls after an opening are spread: so many come per second.
pub const OPENING_POLLS_PER_SECOND: u32 = 100_000;
/// The longest time between two polls of a sale that is open.
pub const LONGEST: Duration = Duration::from_secs(150);
/// A shopper whose turn is so near polls just after it.
pub const NEAR: Duration = Duration::from_secs(10);
/// The shortest time between two polls.
pub const SHORTEST: Duration = Duration::from_secs(1);

/// What the next poll depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    /// For the opening.
    ForOpening {
        /// When that is.
        opens_at: Timestamp,
        /// How many shoppers are expected.
        expected_shoppers: u32,
    },
    /// For the shopper's turn, in about this time.
    ForTurn(Duration),
    /// For a sale that is paused to go on, or for a unit of a sold-out one to come back.
    ForChange,
}

/// A random number of a shopper that stays the same, counting 2^-32: his share of every spread, so that
/// repeated requests before the opening do not make more polls.
pub fn jitter_of(sale: &SaleId, shopper: &ShopperKey) -> u32 {
    let hash = digest(&["poll", sale.as_str(), shopper.as_str()]);
    u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]])
}

/// True where a join or a poll at this time counts its shopper as present at the opening.
pub fn is_check_in(at: Timestamp, opens_at: Timestamp) -> bool {
    let left_ms = opens_at.as_millisecond() - at.as_millisecond();
    (1..=millis(CHECK_IN)).contains(&left_ms)
}

/// How long a client waits before it asks again. `jitter` is uniform and counts 2^-32: before the
/// opening that of [`jitter_of`], afterwards a new one each time.
pub fn poll_after(waiting: Waiting, now: Timestamp, jitter: u32) -> Duration {
    match waiting {
        Waiting::ForOpening { opens_at, expected_shoppers } => before_opening(opens_at, expected_shoppers, now, jitter),
        Waiting::ForTurn(wait) if wait <= NEAR => (wait + share(Duration::from_secs(1), jitter)).max(SHORTEST),
        Waiting::ForTurn(wait) => half_to_whole(wait.min(LONGEST), jitter),
        Waiting::ForChange => half_to_whole(LONGEST, jitter),
    }
}

/// One check-in, at the shopper's own time; then the first poll after the opening.
fn before_opening(opens_at: Timestamp, expected_shoppers: u32, now: Timestamp, jitter: u32) -> Duration {
    let left_ms = opens_at.as_millisecond() - now.as_millisecond();
    let check_in_ms = left_ms - millis(CHECK_IN) + millis(share(CHECK_IN - CHECK_IN_ENDS, jitter));
    let spread = Duration::from_secs(1).max(Duration::from_secs(expected_shoppers.into()) / OPENING_POLLS_PER_SECOND);
    let until = if check_in_ms > 0 { check_in_ms } else { left_ms + millis(share(spread.min(LONGEST), jitter)) };
    Duration::from_millis(u64::try_from(until).unwrap_or(0)).clamp(SHORTEST, LONGEST_BEFORE_OPENING)
}

fn half_to_whole(whole: Duration, jitter: u32) -> Duration {
    (whole / 2 + share(whole / 2, jitter)).max(SHORTEST)
}

/// jitter / 2^32 of a duration, in milliseconds.
fn share(whole: Duration, jitter: u32) -> Duration {
    let ms = (whole.as_millis() * u128::from(jitter)) >> 32;
    Duration::from_millis(u64::try_from(ms).unwrap_or(u64::MAX))
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
