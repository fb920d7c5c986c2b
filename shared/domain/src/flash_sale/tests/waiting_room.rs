//! Simulated sales: who is admitted, and when.

use super::*;

/// The order in which a cohort's shoppers stand, of whom the conductor believes that there are `counted`.
fn queue(cohort: u32, shoppers: std::ops::Range<u32>) -> Vec<Position> {
    let lottery = Lottery::new(&key(), None, &sale());
    let mut queue: Vec<_> = shoppers.map(|number| lottery.position(Cohort::new(cohort), &shopper(number))).collect();
    queue.sort_unstable();
    queue
}

/// How many shoppers of the queue are admitted in each second, from the third after the opening until
/// the last full one: the conductor ticks every second.
fn admissions(queue: &[Position], room: &mut Room) -> Vec<u32> {
    let admitted = |room: &Room, ms| queue.partition_point(|place| room.pace.admits(*place, after(ms)));
    let mut per_second = Vec::new();
    for second in 2..200 {
        room.tick(second * 1_000);
        if room.threshold(second * 1_000 + 1_000) == Cohort::new(0).end() {
            break;
        }
        let more = admitted(room, second * 1_000 + 1_000) - admitted(room, second * 1_000);
        per_second.push(u32::try_from(more).unwrap());
    }
    per_second
}

const RATE: u32 = 2_000;

/// The largest distance of any second from a rate, in standard deviations of a fair draw.
fn sigmas(admissions: &[u32], rate: f64) -> f64 {
    admissions.iter().map(|admitted| (f64::from(*admitted) - rate).abs() / rate.sqrt()).fold(0.0, f64::max)
}

fn mean(admissions: &[u32]) -> f64 {
    f64::from(admissions.iter().sum::<u32>()) / admissions.len() as f64
}

#[test]
fn invariant_i12_admissions_of_present_shoppers_stay_within_six_sigma_of_the_rate() {
    let admissions = admissions(&queue(0, 0..100_000), &mut Room::new(RATE, &[100_000]));
    assert_eq!(admissions.len(), 50);
    let distance = sigmas(&admissions, RATE.into());
    assert!(distance < 6.0, "{distance}");
}

#[test]
fn a_count_that_is_one_per_cent_off_is_within_the_rate_too() {
    for counted in [99_000, 101_000] {
        let admissions = admissions(&queue(0, 0..100_000), &mut Room::new(RATE, &[counted]));
        assert!(sigmas(&admissions, RATE.into()) < 6.0, "{counted}");
        let expected = 2_000.0 * 100_000.0 / counted as f64;
        assert!((mean(&admissions) - expected).abs() < 3.0, "{counted}: {}", mean(&admissions));
    }
}

#[test]
fn joins_counted_twice_halve_the_rate() {
    let admissions = admissions(&queue(0, 0..40_000), &mut Room::new(RATE, &[80_000]));
    assert!(sigmas(&admissions, 1_000.0) < 6.0);
    assert!(sigmas(&admissions, 2_000.0) > 6.0, "which is why a join is counted once");
}

#[test]
fn no_shows_who_are_counted_cost_their_share_of_the_rate() {
    // Three of ten who joined do not come. Counted all the same, they take their places in the pace…
    let present = queue(0, 0..28_000);
    assert!(sigmas(&admissions(&present, &mut Room::new(RATE, &[40_000])), 1_400.0) < 6.0);
    // … and counting those who checked in instead restores the rate.
    assert!(sigmas(&admissions(&present, &mut Room::new(RATE, &[present.len() as u64])), 2_000.0) < 6.0);
}

/// virtual-waiting-room-on-aws#154: shoppers who left kept their places in the room, and those behind
/// them waited for ever.
#[test]
fn virtual_waiting_room_on_aws_154_abandoned_users_do_not_jam_the_waiting_room() {
    let present = queue(0, 0..1_000);
    // Nineteen of twenty who were counted have left; nobody else is any the later for it.
    let mut room = Room::new(RATE, &[20_000]);
    let last = *present.last().unwrap();
    (2..=12).for_each(|second| room.tick(second * 1_000));
    assert!(!room.pace.admits(last, after(2_000 + 9_900)));
    assert!(room.pace.admits(last, after(2_000 + 10_000)), "20,000 at 2,000 a second");
}

/// virtual-waiting-room-on-aws#208: admissions that had expired went on being counted as present.
#[test]
fn virtual_waiting_room_on_aws_208_expired_admissions_are_not_counted() {
    let mut room = Room::new(RATE, &[20_000, 20_000]);
    (2..=14).for_each(|second| room.tick(second * 1_000));
    // All of cohort 0 is admitted. Whatever became of their admissions, the next are led by nobody.
    let standing = room.standing(position(1, 0.1), 12_000);
    assert_eq!((standing.ahead, standing.wait.as_millis()), (1_999, 1_002));
    assert!(room.pace.admits(position(1, 0.1), after(13_002)));
}

#[test]
fn latecomers_are_admitted_after_all_earlier_cohorts_and_in_turn() {
    let sizes = [20_000, 1_500, 0, 1_500, 3_000_u32];
    let mut room = Room::new(1_000, &[]);
    let mut queues = Vec::new();
    let (mut next, mut through) = (0, None);
    for (size, cohort) in sizes.iter().zip(0..) {
        queues.push(queue(cohort, next..next + size));
        next += size;
    }
    for second in 1..60_i64 {
        while room.counts.next().number() < 20 && countable(room.counts.next(), after(0), after(second * 1_000)) {
            let cohort = room.counts.next();
            room.counts.insert(cohort, queues.get(cohort.number() as usize).map_or(0, |queue| queue.len() as u64));
        }
        room.tick(second * 1_000);
        for ms in (0..1_000).step_by(100) {
            let admitted = |queue: &Vec<Position>| {
                queue.iter().filter(|place| room.pace.admits(**place, after(second * 1_000 + ms))).count()
            };
            let waiting = queues.iter().position(|queue| admitted(queue) < queue.len()).unwrap_or(queues.len());
            if waiting == queues.len() {
                through = through.or(Some(second * 1_000 + ms));
            }
            let overtaking: usize = queues.iter().skip(waiting + 1).map(admitted).sum();
            assert_eq!(overtaking, 0, "after {second}.{ms} s");
        }
    }
    // 26,000 shoppers at 1,000 a second, from the second tick on.
    assert!(through.is_some_and(|ms| (27_900..=28_100).contains(&ms)), "{through:?}");
    assert_eq!(room.pace.end().cohort(), room.counts.next(), "those who come now wait for their window only");
}
