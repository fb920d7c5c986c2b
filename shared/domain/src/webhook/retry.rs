use jiff::{SignedDuration, Timestamp};

/// How long a delivery is tried, from its event or its replay on. The last attempt is at the end of that time.
pub const GIVEN_UP_AFTER: SignedDuration = SignedDuration::from_hours(72);
/// A subscription whose every attempt has failed for so long is disabled.
pub const DISABLED_AFTER: SignedDuration = SignedDuration::from_hours(5 * 24);
/// No subscriber may put an attempt off for longer.
pub const RETRY_AFTER_MAX: SignedDuration = SignedDuration::from_hours(24);

/// The bounds of the pauses after the first attempts, in seconds; from the last on they stay.
const PAUSES: [i64; 9] = [5, 5 * 60, 30 * 60, 2 * 3_600, 5 * 3_600, 10 * 3_600, 14 * 3_600, 20 * 3_600, 24 * 3_600];

/// When a delivery is tried again after so many attempts that failed (1 after the first), or `None` where it is given
/// up.
///
/// The pause is random between nothing and a bound that grows ("full jitter", `jitter` from 0 to 1), so that
/// deliveries that failed together do not come back together. What the subscriber asked for by `Retry-After` is kept.
pub fn next_attempt(
    attempts: u32,
    since: Timestamp,
    now: Timestamp,
    retry_after: Option<SignedDuration>,
    jitter: f64,
) -> Option<Timestamp> {
    let last = since + GIVEN_UP_AFTER;
    if now >= last {
        return None;
    }
    let index = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX).min(PAUSES.len() - 1);
    let bound = SignedDuration::from_secs(PAUSES[index]);
    let pause = SignedDuration::try_from_secs_f64(bound.as_secs_f64() * jitter.clamp(0.0, 1.0)).unwrap_or(bound);
    // Whole milliseconds, which is what is stored.
    let pause = SignedDuration::from_millis(i64::try_from(pause.as_millis()).unwrap_or(i64::MAX));
    let asked = retry_after.unwrap_or_default().clamp(SignedDuration::ZERO, RETRY_AFTER_MAX);
    Some((now + pause).min(last).max(now + asked))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BEGAN: Timestamp = Timestamp::UNIX_EPOCH;

    fn hours(hours: f64) -> SignedDuration {
        SignedDuration::from_secs_f64(hours * 3_600.0)
    }

    #[test]
    fn pauses_grow_and_the_last_attempt_is_three_days_after_the_event() {
        let (mut now, mut attempts, mut times) = (BEGAN, 1, Vec::new());
        while let Some(next) = next_attempt(attempts, BEGAN, now, None, 1.0) {
            now = next;
            attempts += 1;
            times.push(next.duration_since(BEGAN).as_secs());
        }
        assert_eq!(times[..5], [5, 305, 2_105, 9_305, 27_305]);
        assert_eq!((times.len(), times[times.len() - 1]), (9, 72 * 3_600));
    }

    #[test]
    fn what_the_subscriber_asks_for_is_kept_up_to_a_day() {
        let after = |asked: f64| next_attempt(1, BEGAN, BEGAN, Some(hours(asked)), 0.5).unwrap().duration_since(BEGAN);
        assert_eq!(after(2.0), hours(2.0));
        assert_eq!(after(1_000.0), hours(24.0));
        assert_eq!(after(-1.0), SignedDuration::from_millis(2_500));
        let late = BEGAN + hours(71.0);
        assert_eq!(next_attempt(9, BEGAN, late, Some(hours(3.0)), 0.0), Some(late + hours(3.0)), "one more, as asked");
        assert_eq!(next_attempt(10, BEGAN, late + hours(3.0), Some(hours(3.0)), 0.0), None);
    }

    proptest! {
        #[test]
        fn every_delivery_ends(jitters in prop::collection::vec(0.0..1.0_f64, 1..50)) {
            let mut now = BEGAN;
            for (index, jitter) in jitters.into_iter().enumerate() {
                let attempts = u32::try_from(index).unwrap() + 1;
                match next_attempt(attempts, BEGAN, now, None, jitter) {
                    Some(next) => {
                        prop_assert!(next >= now && next <= BEGAN + GIVEN_UP_AFTER);
                        now = next;
                    }
                    None => prop_assert_eq!(now, BEGAN + GIVEN_UP_AFTER),
                }
            }
        }
    }
}
