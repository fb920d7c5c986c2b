//! What a waiting shopper is told.

use std::time::Duration;

use proptest::prelude::*;

use super::*;

#[test]
fn a_shopper_learns_how_many_are_ahead_and_how_long_it_takes() {
    let mut room = Room::new(1_000, &[10_000, 500]);
    room.tick(6_500);
    let told = |cohort, fraction, ms| {
        let standing = room.standing(position(cohort, fraction), ms);
        (standing.ahead, standing.wait.as_millis())
    };
    assert_eq!(told(0, 0.25, 6_500), (2_500, 2_501), "in the piece that is laid out");
    assert_eq!(told(0, 0.25, 7_500), (1_500, 1_501), "a second later");
    assert_eq!(told(0, 0.5, 6_500), (5_000, 5_001), "beyond it");
    assert_eq!(told(1, 0.5, 6_500), (10_250, 10_252), "in the next cohort");
    assert_eq!(told(0, 0.125, 8_500), (0, 0), "admitted");
    assert_eq!(room.standing(position(0, 0.5), 6_500).position, position(0, 0.5));
}

#[test]
fn whoever_is_in_a_cohort_that_is_not_counted_waits_for_its_counting_at_least() {
    let mut room = Room::new(1_000, &[0]);
    room.tick(2_000);
    let standing = room.standing(position(1, 0.5), 2_000);
    assert_eq!((standing.ahead, standing.wait), (0, Duration::from_millis(4_500)));
    assert_eq!(
        Pace::default().standing(position(0, 0.5), &Room::new(1, &[]).conditions(), after(-500)).wait.as_millis(),
        2_000
    );
}

#[test]
fn a_long_queue_does_not_wait_for_a_cohort_to_close_twice() {
    let mut room = Room::new(100, &[1_000, 100]);
    room.tick(2_000);
    // Cohort 0 is through at 12 s; cohort 1 could be counted at 6.5 s.
    assert_eq!(room.standing(position(1, 0.5), 2_000).wait.as_millis(), 10_502);
    // Cohort 0 is through at 2.1 s; cohort 1 can be entered at 6.5 s.
    let mut room = Room::new(10_000, &[1_000, 100]);
    room.tick(2_000);
    assert_eq!(room.standing(position(1, 0.5), 2_000).wait.as_millis(), 4_506);
}

#[test]
fn a_sale_that_nobody_conducts_yet_is_reckoned_from_now() {
    let room = Room::new(1_000, &[10_000]);
    assert_eq!(room.standing(position(0, 0.5), 60_000).wait.as_millis(), 5_001);
}

proptest! {
    #[test]
    fn the_wait_told_is_the_wait_to_come(
        counts in proptest::collection::vec(prop_oneof![Just(0), 1..20_u64, 100..20_000_u64], 1..8),
        rate in 10..20_000_u32,
        cohort in 0..8_u32,
        fraction in 0..1_000_u32,
        told_at in 0..20_000_i64,
    ) {
        let mut room = Room::new(rate, &counts);
        let place = position(cohort % u32::try_from(counts.len()).unwrap(), f64::from(fraction) / 1_000.0);
        // Every cohort is closed and counted: nothing but the queue itself is waited for.
        let mut now = 45_000;
        room.tick(now);
        let told_at = now + told_at;
        while now < told_at - 1_000 {
            now += 1_000;
            room.tick(now);
        }
        let promised = told_at + i64::try_from(room.standing(place, told_at).wait.as_millis()).unwrap();
        while !room.pace.admits(place, after(now + 1_000)) && now < promised + 10_000 {
            now += 1_000;
            room.tick(now);
        }
        let admitted = (now.max(told_at)..=now.max(told_at) + 1_000).find(|ms| room.pace.admits(place, after(*ms))).unwrap();
        // Each piece is rounded to a millisecond.
        prop_assert!((admitted - promised).abs() <= 30, "promised {}, admitted {}", promised, admitted);
    }
}
