//! When a client asks again, so that millions of them stay bearable.
//!
//! The sum for ten million shoppers who are admitted at 20,000 a second, as the example `waiting_room`
//! simulates it: 5.7 polls a shopper. Check-ins are 91,000 a second for 110 seconds. From the opening
//! until the last is admitted, ten minutes later, there are 78,000 polls a second on average, and
//! 142,000 in the worst second: those who come back while others ask for the first time. No poll costs
//! a read of any table, beyond the one that every warm function makes once a second. While a sale of that
//! size is paused or sold out, those who wait for a change ask 133,000 times a second in all.

use std::time::Duration;

use jiff::Timestamp;

use super::ShopperKey;
use crate::ids::{FlashSaleId, digest};

/// Before the opening nobody is told to come back later than this: the operator may move it.
pub const LONGEST_BEFORE_OPENING: Duration = Duration::from_secs(3600);
/// Whoever polls or joins in so long before the opening is counted as present.
pub const CHECK_IN: Duration = Duration::from_secs(120);
/// Check-ins end so long before the opening, so that they are counted when it comes.
pub const CHECK_IN_ENDS: Duration = Duration::from_secs(10);
/// Polls for which no shopper has a time of their own are spread so that about so many come per second.
pub const POLLS_PER_SECOND: u32 = 100_000;
/// The longest time between two polls of a sale that is open.
pub const LONGEST: Duration = Duration::from_secs(150);
/// A shopper whose turn is so near polls just after it. So long a change for the better, such as a
/// higher rate, may pass them by.
pub const NEAR: Duration = Duration::from_secs(60);
/// The shortest spread of the polls of those who wait for a change.
pub const SHORTEST_FOR_CHANGE: Duration = Duration::from_secs(10);
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
    ForChange {
        /// How many shoppers may be waiting for it.
        shoppers: u64,
    },
}

/// A random number of a shopper that stays the same, counting 2^-32: their share of every spread, so that
/// repeated requests before the opening do not make more polls.
pub fn jitter_of(sale: &FlashSaleId, shopper: &ShopperKey) -> u32 {
    let hash = digest(&["poll", sale.as_str(), shopper.as_str()]);
    u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]])
}

/// Over how much time the first polls after the opening come, and so how long it takes until everyone
/// knows their position.
pub fn opening_spread(expected_shoppers: u32) -> Duration {
    spread(expected_shoppers.into()).clamp(Duration::from_secs(1), LONGEST)
}

fn spread(shoppers: u64) -> Duration {
    Duration::from_secs(shoppers) / POLLS_PER_SECOND
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
        Waiting::ForChange { shoppers } => half_to_whole(spread(shoppers).clamp(SHORTEST_FOR_CHANGE, LONGEST), jitter),
    }
}

/// One check-in, at the shopper's own time; then the first poll after the opening.
fn before_opening(opens_at: Timestamp, expected_shoppers: u32, now: Timestamp, jitter: u32) -> Duration {
    let left_ms = opens_at.as_millisecond() - now.as_millisecond();
    let check_in_ms = left_ms - millis(CHECK_IN) + millis(share(CHECK_IN - CHECK_IN_ENDS, jitter));
    let first_poll_ms = left_ms + millis(share(opening_spread(expected_shoppers), jitter));
    let until = match (check_in_ms, first_poll_ms) {
        (1.., _) => milliseconds(check_in_ms),
        (_, 1..) => milliseconds(first_poll_ms),
        // The opening is late. Those whose time has come grow in number with the delay: so does the
        // time between their polls.
        _ => half_to_whole(milliseconds(-left_ms).min(LONGEST), jitter),
    };
    until.clamp(SHORTEST, LONGEST_BEFORE_OPENING)
}

fn milliseconds(ms: i64) -> Duration {
    Duration::from_millis(u64::try_from(ms).unwrap_or(0))
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

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: u32 = u32::MAX;
    const HALF: u32 = 1 << 31;

    fn before_opening(left_s: i64, expected_shoppers: u32, jitter: u32) -> u128 {
        let opens_at = Timestamp::from_second(1_800_000_000).unwrap();
        let now = Timestamp::from_second(1_800_000_000 - left_s).unwrap();
        poll_after(Waiting::ForOpening { opens_at, expected_shoppers }, now, jitter).as_millis()
    }

    fn for_turn(wait_ms: u64, jitter: u32) -> u128 {
        poll_after(Waiting::ForTurn(Duration::from_millis(wait_ms)), Timestamp::UNIX_EPOCH, jitter).as_millis()
    }

    #[test]
    fn before_the_opening_a_shopper_checks_in_once_and_comes_back_at_the_opening() {
        // Ten minutes before: at their own time between 120 and 10 seconds before.
        assert_eq!([0, HALF, FULL].map(|jitter| before_opening(600, 10_000, jitter)), [480_000, 535_000, 589_999]);
        // From then on: just after the opening.
        assert_eq!(before_opening(120, 10_000, 0), 120_000);
        assert_eq!(before_opening(65, 10_000, HALF), 65_500);
        assert_eq!(before_opening(66, 10_000, HALF), 1_000, "their time has not come");
        assert_eq!(before_opening(5, 10_000, FULL), 5_999);
        assert_eq!(before_opening(7_200, 10_000, 0), 3_600_000, "the opening may be moved");
    }

    #[test]
    fn while_an_opening_is_late_the_polls_do_not_grow() {
        assert_eq!(before_opening(-30, 10_000_000, HALF), 20_000, "the first poll is still to come");
        assert_eq!([0, HALF].map(|jitter| before_opening(-30, 10_000, jitter)), [15_000, 22_500]);
        assert_eq!([0, HALF].map(|jitter| before_opening(-3_600, 10_000, jitter)), [75_000, 112_500]);
        assert_eq!([0, 1].map(|late| before_opening(-late, 10_000, 0)), [1_000, 1_000]);
    }

    #[test]
    fn the_first_polls_after_the_opening_are_spread_by_the_number_expected() {
        let latest = |expected| before_opening(5, expected, FULL) - 5_000;
        assert_eq!([1, 100_000, 1_000_000, 10_000_000, 100_000_000].map(latest), [999, 999, 9_999, 99_999, 149_999]);
    }

    #[test]
    fn who_is_far_away_comes_back_before_their_turn_and_who_is_near_just_after_it() {
        assert_eq!([0, HALF, FULL].map(|jitter| for_turn(100_000, jitter)), [50_000, 75_000, 99_999]);
        assert_eq!([0, HALF, FULL].map(|jitter| for_turn(3_600_000, jitter)), [75_000, 112_500, 149_999]);
        assert_eq!([0, FULL].map(|jitter| for_turn(60_001, jitter)), [30_000, 59_999]);
        assert_eq!([0, FULL].map(|jitter| for_turn(60_000, jitter)), [60_000, 60_999]);
        assert_eq!([0, HALF, FULL].map(|jitter| for_turn(700, jitter)), [1_000, 1_200, 1_699]);
        assert_eq!(for_turn(0, 0), 1_000);
    }

    #[test]
    fn while_nothing_moves_few_ask() {
        let after = |shoppers| {
            let wait = |jitter| poll_after(Waiting::ForChange { shoppers }, Timestamp::UNIX_EPOCH, jitter).as_millis();
            [0, FULL].map(wait)
        };
        assert_eq!(after(0), [5_000, 9_999]);
        assert_eq!(after(1_000_000), [5_000, 9_999]);
        assert_eq!(after(2_000_000), [10_000, 19_999]);
        assert_eq!(after(10_000_000), [50_000, 99_999]);
        assert_eq!([15_000_000, u64::MAX].map(after), [[75_000, 149_999]; 2]);
    }

    #[test]
    fn polls_of_the_last_two_minutes_are_check_ins() {
        let opens_at = Timestamp::from_second(1_800_000_000).unwrap();
        let at = |ms: i64| Timestamp::from_millisecond(opens_at.as_millisecond() + ms).unwrap();
        let check_in = [-120_001, -120_000, -10_000, -1, 0, 1].map(|ms| is_check_in(at(ms), opens_at));
        assert_eq!(check_in, [false, true, true, true, false, false]);
    }

    #[test]
    fn a_shoppers_jitter_is_their_own_and_stays() {
        let key = |text: &str| text.parse::<ShopperKey>().unwrap();
        let (sale, other) = ("console".parse().unwrap(), "camera".parse().unwrap());
        let jitter = jitter_of(&sale, &key("njd5uX9KfBXznMBgXO3INQ"));
        assert_eq!(jitter, 3_138_283_191);
        assert_ne!(jitter, jitter_of(&other, &key("njd5uX9KfBXznMBgXO3INQ")));
        assert_ne!(jitter, jitter_of(&sale, &key("AAAAAAAAAAAAAAAAAAAAAA")));
    }
}
