//! Runs schedules: many, one again with its trace, or the seeded bugs.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use clap::Parser;
use souk_simulation::{
    campaign::{Campaign, hunt_seeded_bugs, table_of_bugs},
    fault::Aim,
    mutation::{Mutation, bugs},
    schedule::Worker,
    subject::Subject,
};

/// Deterministic simulation of the order core under faults.
#[derive(Debug, Parser)]
struct Arguments {
    /// How many schedules.
    #[arg(long, default_value_t = 2_000)]
    schedules: u64,
    /// The first seed.
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// Runs this one schedule and shows what happened.
    #[arg(long, conflicts_with_all = ["schedules", "from", "bugs"])]
    seed: Option<u64>,
    /// The flash sale instead of the orders.
    #[arg(long)]
    sale: bool,
    /// The order protocol's first edition instead of the second.
    #[arg(long, conflicts_with = "sale")]
    first: bool,
    /// Gives production code one bug after another and shows which schedule notices.
    #[arg(long)]
    bugs: bool,
    /// With `--seed`: gives production code this bug, counted from 0 in the table of `--bugs`.
    #[arg(long, requires = "seed")]
    bug: Option<usize>,
    /// With `--seed`: a fault that the schedule looks for, as `POINT=FAULT`; as often as needed.
    #[arg(long, requires = "seed")]
    aim: Vec<Aim>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let subject = match (arguments.sale, arguments.first) {
        (true, _) => Subject::FlashSale,
        (_, true) => Subject::FirstEdition,
        _ => Subject::Orders,
    };
    if let Some(seed) = arguments.seed {
        let bug = arguments.bug.and_then(|index| bugs(subject).get(index).copied());
        return replay(subject, seed, bug.map_or(Mutation::NONE, Mutation::of), &arguments.aim);
    }
    if arguments.bugs {
        let caught = hunt_seeded_bugs(subject, arguments.schedules);
        print!("{}", table_of_bugs(&caught));
        return success(caught.iter().all(|bug| bug.by.is_some()));
    }
    let campaign = Campaign { shows_progress: true, ..Campaign::of(subject, arguments.from, arguments.schedules) };
    let summary = campaign.run_until_covered();
    print!("{}", summary.to_text());
    let missing = summary.hits.missing(subject);
    for cell in &missing {
        println!("{cell}");
    }
    success(summary.failures == 0 && missing.is_empty())
}

fn replay(subject: Subject, seed: u64, mutation: Mutation, aims: &[Aim]) -> ExitCode {
    let report = Worker::new().run_aiming(subject, seed, mutation, aims, true);
    for line in &report.trace {
        println!("{line}");
    }
    for violation in &report.violations {
        println!("{violation}");
    }
    println!("seed {seed}: {:016x}, orders {:?}", report.fingerprint, report.orders);
    success(report.violations.is_empty())
}

fn success(all_is_well: bool) -> ExitCode {
    if all_is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
