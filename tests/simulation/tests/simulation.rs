//! The order core under faults: `cargo test -p souk-simulation`. Longer runs: the binary `simulate`.

use souk_simulation::{
    campaign::{Campaign, hunt_seeded_bugs, table_of_bugs},
    mutation::Mutation,
    schedule::Worker,
};

/// Schedules of a run in CI.
const SCHEDULES: u64 = 2_000;
/// A seeded bug must show within so many.
const SCHEDULES_PER_BUG: u64 = 3_000;

#[test]
fn no_schedule_breaks_an_invariant_and_every_point_meets_every_fault() {
    let summary = Campaign::of(0, SCHEDULES).run_until_covered();
    println!("{}", summary.tell());
    assert!(summary.schedules >= SCHEDULES);
    assert_eq!(summary.failures, 0, "{:?}", summary.failed.iter().map(|report| report.seed).collect::<Vec<_>>());
    assert_eq!(summary.hits.missing(), Vec::<String>::new());
}

#[test]
fn a_seed_replays_identically() {
    let (one, another) = (Worker::new(), Worker::new());
    let mut lines = 0;
    for seed in 0..60 {
        let first = one.run(seed, Mutation::NONE, true);
        let again = another.run(seed, Mutation::NONE, true);
        assert_eq!(first.trace, again.trace, "seed {seed}");
        assert_eq!(first.fingerprint, again.fingerprint);
        lines += first.trace.len();
    }
    assert!(lines > 60 * 40, "schedules do next to nothing");
}

#[test]
fn every_seeded_bug_is_caught() {
    let caught = hunt_seeded_bugs(SCHEDULES_PER_BUG);
    let table = table_of_bugs(&caught);
    println!("{table}");
    assert!(caught.iter().all(|bug| bug.by.is_some()), "{table}");
}
