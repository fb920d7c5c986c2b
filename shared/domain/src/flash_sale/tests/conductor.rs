//! How T moves.

use proptest::prelude::*;

use super::*;

const TICK: i64 = 1_000;

#[test]
fn t_moves_at_the_rate_and_is_laid_out_for_three_seconds() {
    let mut room = Room::new(1_000, &[10_000]);
    room.tick(2_000);
    let wanted = Segment {
        at_ms: OPENS_AT_MS + 2_000,
        from: Position::FIRST,
        until_ms: OPENS_AT_MS + 5_000,
        to: position(0, 0.3),
    };
    assert_eq!(room.pace.segments(), [wanted]);
    let at = [0, 2_000, 2_001, 3_500, 4_999, 5_000, 9_000].map(|ms| room.threshold(ms).to_string());
    assert_eq!(at, ["0.000000", "0.000000", "0.000099", "0.149999", "0.299899", "0.299999", "0.299999"]);
    room.tick(3_000);
    assert_eq!(room.threshold(6_000).to_string(), "0.399999");
    assert_eq!(room.pace.end(), room.threshold(6_000));
}

#[test]
fn t_stands_after_the_opening_until_everyone_has_been_told_their_position() {
    for (expected, moves_ms) in [(10_000, 3_000), (10_000_000, 102_000)] {
        let mut room = Room { pace: Pace::opening(after(2_000), expected), ..Room::new(1_000, &[10_000]) };
        assert_eq!(room.standing(position(0, 0.5), 2_000).wait.as_millis(), u128::try_from(moves_ms).unwrap() + 3_001);
        (2..moves_ms / 1_000).for_each(|second| room.tick(second * TICK));
        assert_eq!(room.threshold(moves_ms), Position::FIRST);
        assert_eq!(room.counts.between(Position::FIRST, room.threshold(moves_ms + 1_000)), 999);
    }
}

#[test]
fn a_position_is_admitted_once_t_is_past_it() {
    let pace = Pace::from(vec![Segment {
        at_ms: OPENS_AT_MS,
        from: Position::FIRST,
        until_ms: OPENS_AT_MS + 1_000,
        to: Position::new(Cohort::new(0), 1_000),
    }]);
    let third = Position::new(Cohort::new(0), 3);
    assert!(!pace.admits(third, after(3)));
    assert!(pace.admits(third, after(4)));
    let room = Room { pace, ..Room::new(1, &[1]) };
    assert_eq!(room.standing(third, 0).wait.as_millis(), 4, "and is told so");
    assert_eq!(room.standing(Position::FIRST, 0).wait.as_millis(), 1);
    assert!(!Pace::default().admits(Position::FIRST, after(0)), "nobody before the opening");
}

#[test]
fn the_last_of_a_cohort_is_followed_by_the_first_of_the_next_countable_one() {
    let mut room = Room::new(1_000, &[1_000, 500]);
    room.tick(6_500);
    assert_eq!(room.threshold(7_500), Cohort::new(0).end());
    assert_eq!(room.threshold(7_750), position(1, 0.5));
    assert_eq!(room.pace.end(), Cohort::new(1).end());
    assert_eq!(room.pace.segments().len(), 2);
}

#[test]
fn t_waits_before_a_cohort_that_is_open_or_not_counted() {
    let mut room = Room::new(1_000, &[1_000, 1_000]);
    room.tick(1_499);
    assert_eq!(room.pace, Pace::default(), "joins of the last moment are not counted yet");
    room.tick(1_500);
    room.tick(6_499);
    assert_eq!(room.threshold(60_000), Cohort::new(0).end());
    room.tick(6_500);
    assert_eq!(room.threshold(60_000), Cohort::new(1).end());
    room.tick(60_000);
    assert_eq!(room.threshold(120_000), Cohort::new(1).end(), "cohort 2 has closed but nobody has counted it");
}

#[test]
fn empty_cohorts_are_skipped_at_once() {
    let mut room = Room::new(1_000, &[0, 0, 0, 1_000, 0, 0]);
    room.tick(1_500);
    assert_eq!(room.threshold(1_500), Cohort::new(0).end(), "the next is still open");
    room.tick(40_000);
    assert_eq!(room.threshold(40_000), Cohort::new(3).start());
    assert_eq!(room.threshold(40_500), position(3, 0.5));
    assert_eq!(room.threshold(41_000), Cohort::new(5).end());
}

#[test]
fn a_thousand_empty_cohorts_take_one_step() {
    let mut room = Room::new(1_000, &vec![0; 1_000]);
    room.tick(6_000_000);
    assert_eq!(room.threshold(6_000_000), Cohort::new(999).end());
    assert_eq!(room.pace.segments().len(), 1);
    room.tick(6_001_000);
    assert_eq!(room.pace.segments().len(), 1, "nothing new, nothing added");
}

#[test]
fn tiny_cohorts_fill_the_pace_and_the_next_step_goes_on() {
    let mut room = Room::new(100_000, &[1; 40]);
    room.tick(600_000);
    assert_eq!(room.pace.segments().len(), MAX_SEGMENTS);
    assert_eq!(room.threshold(600_015), position(15, 0.0), "a millisecond is the least time for one");
    assert_eq!(room.threshold(600_016), Cohort::new(15).end());
    room.tick(601_000);
    room.tick(602_000);
    assert_eq!(room.pace.segments().len(), MAX_SEGMENTS);
    assert_eq!(room.threshold(602_008), Cohort::new(39).end());
}

#[test]
fn a_full_pace_makes_room_of_what_is_past_and_of_nothing_else() {
    // A tenth of a second for each cohort: sixteen pieces end long before the horizon.
    let mut room = Room::new(10, &[1; 60]);
    room.tick(600_000);
    assert_eq!(room.pace.end(), Cohort::new(15).end());
    assert_eq!(room.threshold(600_000), Position::FIRST);
    room.tick(600_800);
    assert_eq!(room.threshold(600_800), Cohort::new(8).start());
    assert_eq!(room.threshold(600_850), position(8, 0.5));
    assert_eq!(room.pace.end(), Cohort::new(23).end());
}

#[test]
fn what_begins_at_the_horizon_is_left_to_the_next_step() {
    let mut room = Room::new(1_000, &[3_000, 0, 1_000]);
    room.tick(30_000);
    assert_eq!((room.pace.end(), room.pace.segments().len()), (Cohort::new(0).end(), 1));
    room.tick(25_000);
    assert_eq!(room.pace.segments().len(), 1, "so is what begins beyond it");
}

#[test]
fn a_step_that_is_made_twice_adds_nothing() {
    let mut room = Room::new(1_000, &[10_000]);
    room.tick(2_000);
    let once = room.pace.clone();
    room.tick(2_000);
    assert_eq!(room.pace, once);
    room.tick(1_600);
    assert_eq!(room.pace, once, "nor does one that comes late");
}

#[test]
fn steps_too_short_for_t_to_move_lose_nothing() {
    // A shopper a second among a hundred million: 43 positions a second.
    let mut room = Room::new(1, &[100_000_000]);
    (1_500..21_500).for_each(|ms| room.tick(ms));
    let admitted = room.counts.between(Position::FIRST, Position::new(Cohort::new(0), room.pace.end().fraction() + 1));
    assert_eq!(room.pace.end().cohort(), Cohort::new(0));
    assert!((20..=23).contains(&admitted), "{admitted}");
}

#[test]
fn pieces_are_kept_two_seconds_for_clocks_that_are_behind() {
    let mut room = Room::new(1_000, &[1_000_000]);
    (2..=20).for_each(|second| room.tick(second * TICK));
    let kept: Vec<_> = room.pace.segments().iter().map(|segment| segment.until_ms - OPENS_AT_MS).collect();
    assert_eq!(kept, [19_000, 20_000, 21_000, 22_000, 23_000]);
}

#[test]
fn a_dead_conductor_stops_admission() {
    let mut room = Room::new(1_000, &[100_000]);
    (2..=10).for_each(|second| room.tick(second * TICK));
    assert!(room.threshold(12_999) < room.threshold(13_000));
    assert_eq!(room.threshold(13_000), room.threshold(3_600_000));
    room.tick(3_600_000);
    assert_eq!(room.threshold(3_600_000), room.threshold(13_000), "the next one goes on where it stood");
    assert_eq!(room.counts.between(room.threshold(3_600_000), room.threshold(3_601_000)), 999);
}

#[test]
fn pausing_stops_t_within_a_second_and_resuming_makes_up_for_nothing() {
    let mut room = Room::new(1_000, &[100_000]);
    (2..=10).for_each(|second| room.tick(second * TICK));
    let before = room.pace.clone();
    (room.status, room.pace) = (FlashSaleStatus::Paused, room.pace.stopped(after(10_200)));
    for ms in 10_200..=11_200 {
        let (stopped, running) = (room.threshold(ms), before.threshold(after(ms)));
        assert!(stopped >= running, "readers of an older copy see no step back");
        assert!(running.until(stopped) <= 1);
    }
    let stands = room.threshold(11_200);
    room.tick(11_000);
    room.tick(3_600_000);
    assert_eq!(room.threshold(7_200_000), stands);
    room.status = FlashSaleStatus::Open;
    room.tick(3_600_000);
    assert_eq!(room.threshold(3_600_000), stands);
    assert_eq!(room.counts.between(stands, room.threshold(3_602_000)), 1_999);
}

#[test]
fn a_stopped_pace_forgets_what_had_not_begun() {
    let mut room = Room::new(1_000, &[2_000, 0, 0, 2_000]);
    room.tick(30_000);
    assert_eq!(room.pace.segments().len(), 2);
    let stopped = room.pace.stopped(after(30_500));
    assert_eq!(stopped.segments().len(), 1);
    assert_eq!(stopped.end(), position(0, 0.75));
    assert_eq!(room.pace.stopped(after(31_000)).end(), Cohort::new(3).start(), "what begins just then has begun");
}

#[test]
fn a_pace_that_is_stopped_before_it_begins_stands_where_it_would_have_begun() {
    let mut room = Room::new(1_000, &[2_000]);
    room.tick(2_000);
    room.tick(60_000);
    let (end, stands) = (Cohort::new(0).end(), room.pace.stopped(after(58_000)));
    assert_eq!([59_000, 60_000, 90_000].map(|ms| stands.threshold(after(ms))), [end; 3]);
    let mut room = Room::new(100, &[2_000]);
    room.tick(2_000);
    let stands = room.pace.stopped(after(500));
    assert_eq!(stands.threshold(after(90_000)), Position::FIRST);
    assert_eq!(stands.segments().len(), 1);
}

#[test]
fn only_an_open_sale_is_conducted() {
    for status in FlashSaleStatus::ALL {
        let mut room = Room { status, ..Room::new(1_000, &[1_000]) };
        room.tick(5_000);
        assert_eq!(room.pace != Pace::default(), status == FlashSaleStatus::Open, "{status}");
    }
}

#[derive(Debug, Clone)]
enum Step {
    Pass(i64),
    Tick(i64),
    Count(u64),
    Pause(i64),
    Resume,
    Rate(u32),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        5 => (1..4_000_i64).prop_map(Step::Pass),
        5 => (-5_000..=1_000_i64).prop_map(Step::Tick),
        3 => prop_oneof![Just(0), 1..20_u64, 100..50_000_u64].prop_map(Step::Count),
        1 => (-1_000..=1_000_i64).prop_map(Step::Pause),
        2 => Just(Step::Resume),
        1 => (1..5_000_u32).prop_map(Step::Rate),
    ];
    proptest::collection::vec(step, 0..150)
}

/// The last cohort of which T admits anyone.
fn entered(threshold: Position) -> Option<Cohort> {
    let cohort = threshold.cohort();
    if threshold > cohort.start() { Some(cohort) } else { cohort.number().checked_sub(1).map(Cohort::new) }
}

proptest! {
    /// Ticks are late, early, missing or repeated; counts come when they come; the sale is paused and resumed.
    #[test]
    fn t_is_monotone_and_never_enters_an_open_cohort_whatever_the_conductor_does(steps in steps()) {
        let (mut room, mut now, mut seen) = (Room::new(1_000, &[]), 0, Position::FIRST);
        for step in steps {
            let mut observe_at = vec![now];
            match step {
                Step::Pass(ms) => {
                    observe_at = vec![now + ms / 3, now + ms / 2, now + ms];
                    now += ms;
                }
                Step::Tick(skew) => room.tick(now + skew),
                Step::Count(shoppers) if countable(room.counts.next(), after(0), after(now)) => {
                    room.counts.insert(room.counts.next(), shoppers);
                }
                Step::Count(_) => {}
                Step::Pause(skew) => {
                    room.status = FlashSaleStatus::Paused;
                    room.pace = room.pace.stopped(after(now + skew));
                }
                Step::Resume => room.status = FlashSaleStatus::Open,
                Step::Rate(rate) => room.rate = rate,
            }
            prop_assert!(room.pace.segments().len() <= MAX_SEGMENTS);
            for ms in observe_at {
                let threshold = room.threshold(ms);
                prop_assert!(threshold >= seen, "T went back from {} to {}", seen, threshold);
                seen = threshold;
                if let Some(cohort) = entered(threshold) {
                    prop_assert!(cohort.closes_at(after(0)) <= after(ms), "T is in {:?}, which is open", cohort);
                    prop_assert!(room.counts.get(cohort).is_some(), "T is in {:?}, which is not counted", cohort);
                }
            }
        }
    }

    #[test]
    fn invariant_i12_t_passes_no_more_present_shoppers_than_the_rate_allows(
        counts in proptest::collection::vec(prop_oneof![Just(0), 1..20_u64, 100..50_000_u64], 1..20),
        rate in 1..20_000_u32,
        first in 1_500..100_000_i64,
        spans in proptest::collection::vec(1..3_000_i64, 1..40),
    ) {
        let (mut room, mut now) = (Room::new(rate, &counts), first);
        for span in spans {
            room.tick(now);
            let passed = room.counts.between(room.threshold(now), room.threshold(now + span));
            let allowed = u64::try_from(span).unwrap() * u64::from(rate) / 1000;
            prop_assert!(passed <= allowed, "{} in {} ms at {}", passed, span, rate);
            now += span;
        }
    }
}
