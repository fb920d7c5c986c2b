//! The order core under faults: `cargo test -p souk-simulation`. Longer runs: the binary `simulate`.

use souk_simulation::{
    campaign::{Campaign, hunt_seeded_bugs, table_of_bugs},
    mutation::Mutation,
    schedule::Worker,
    subject::Subject,
};

/// Schedules of a run in CI.
const ORDER_SCHEDULES: u64 = 1_200;
/// As [`ORDER_SCHEDULES`], in the order protocol's first edition.
const FIRST_EDITION_SCHEDULES: u64 = 500;
/// As [`ORDER_SCHEDULES`], of the flash sale.
const SALE_SCHEDULES: u64 = 600;
/// A seeded bug must show within so many.
const SCHEDULES_PER_BUG: u64 = 3_000;

fn no_schedule_fails_and_every_point_meets_every_fault(subject: Subject, schedules: u64) {
    let summary = Campaign::of(subject, 0, schedules).run_until_covered();
    println!("{}", summary.to_text());
    assert!(summary.schedules >= schedules);
    assert_eq!(summary.failures, 0, "{:?}", summary.failed.iter().map(|report| report.seed).collect::<Vec<_>>());
    assert_eq!(summary.hits.missing(subject), Vec::<String>::new());
}

fn a_seed_replays_identically(subject: Subject) {
    let (one, another) = (Worker::new(), Worker::new());
    let run = |worker: &Worker, seed| worker.run(subject, seed, Mutation::NONE, true);
    let reports: Vec<_> = (0..60).map(|seed| run(&one, seed)).collect();
    // What a worker did before leaves nothing in its functions: the other one goes the other way round.
    for first in reports.iter().rev() {
        let again = run(&another, first.seed);
        assert_eq!(first.trace, again.trace, "seed {}", first.seed);
        assert_eq!(first.fingerprint, again.fingerprint);
    }
    let lines: usize = reports.iter().map(|report| report.trace.len()).sum();
    assert!(lines > 60 * 40, "schedules do next to nothing");
}

fn every_seeded_bug_is_caught(subject: Subject) {
    let caught = hunt_seeded_bugs(subject, SCHEDULES_PER_BUG);
    let table = table_of_bugs(&caught);
    println!("{table}");
    assert!(caught.iter().all(|bug| bug.by.is_some()), "{table}");
}

#[test]
fn orders_hold_and_every_point_meets_every_fault() {
    no_schedule_fails_and_every_point_meets_every_fault(Subject::Orders, ORDER_SCHEDULES);
}

#[test]
fn orders_of_the_first_edition_hold_and_every_point_meets_every_fault() {
    no_schedule_fails_and_every_point_meets_every_fault(Subject::FirstEdition, FIRST_EDITION_SCHEDULES);
}

#[test]
fn sales_hold_and_every_point_meets_every_fault() {
    no_schedule_fails_and_every_point_meets_every_fault(Subject::FlashSale, SALE_SCHEDULES);
}

#[test]
fn a_seed_of_orders_replays_identically() {
    a_seed_replays_identically(Subject::Orders);
}

#[test]
fn a_seed_of_the_first_edition_replays_identically() {
    a_seed_replays_identically(Subject::FirstEdition);
}

#[test]
fn a_seed_of_a_sale_replays_identically() {
    a_seed_replays_identically(Subject::FlashSale);
}

#[test]
fn every_seeded_bug_of_orders_is_caught() {
    every_seeded_bug_is_caught(Subject::Orders);
}

#[test]
fn every_seeded_bug_of_the_first_edition_is_caught() {
    every_seeded_bug_is_caught(Subject::FirstEdition);
}

#[test]
fn every_seeded_bug_of_a_sale_is_caught() {
    every_seeded_bug_is_caught(Subject::FlashSale);
}
