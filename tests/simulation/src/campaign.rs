//! Many schedules, on all cores.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use crate::{
    coverage::Hits,
    fault::Aim,
    mutation::{self, Mutation, SeededBug},
    schedule::{Report, Worker},
    subject::Subject,
};

/// Failing schedules that are kept with their violations.
const KEPT: usize = 20;

/// What is to be run.
#[derive(Debug, Clone)]
pub struct Campaign {
    /// What it is about.
    pub subject: Subject,
    /// The first seed.
    pub from: u64,
    /// How many.
    pub schedules: u64,
    /// Whether it tells how far it is.
    pub shows_progress: bool,
    /// The faults that its schedules look for.
    pub aims: Vec<Aim>,
}

/// How a campaign went.
#[derive(Debug, Default)]
pub struct Summary {
    /// Schedules that were run.
    pub schedules: u64,
    /// How many of them failed.
    pub failures: u64,
    /// Some that failed.
    pub failed: Vec<Report>,
    /// Points by faults.
    pub hits: Hits,
    /// Orders in the end, by status.
    pub orders: BTreeMap<String, usize>,
    /// How long it took.
    pub took: Duration,
}

impl Campaign {
    /// These seeds, on production code as it is, to the end.
    pub fn of(subject: Subject, from: u64, schedules: u64) -> Self {
        Self { subject, from, schedules, shows_progress: false, aims: Vec::new() }
    }

    /// Runs it, and a quarter of its seeds more at a time, up to four times as many, while some point has not met some
    /// fault: those look for just these.
    pub fn run_until_covered(self) -> Summary {
        let mut summary = self.clone().run();
        let quarter = self.schedules.div_ceil(4);
        for round in 0..12 {
            let missing = summary.hits.missing(self.subject);
            if missing.is_empty() {
                break;
            }
            if self.shows_progress {
                eprintln!("{missing:?}, so on it goes");
            }
            let from = self.from + self.schedules + round * quarter;
            let aims = summary.hits.unhit(self.subject);
            summary.merge(Self { from, schedules: quarter, aims, ..self }.run());
        }
        summary
    }

    /// Runs it.
    pub fn run(self) -> Summary {
        let started = Instant::now();
        let next = AtomicU64::new(0);
        let summary = Mutex::new(Summary::default());
        let threads = thread::available_parallelism().map_or(1, usize::from);
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    let worker = Worker::new();
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        if index >= self.schedules {
                            return;
                        }
                        let report =
                            worker.run_aiming(self.subject, self.from + index, Mutation::NONE, &self.aims, false);
                        if self.shows_progress && !report.violations.is_empty() {
                            eprintln!("seed {} fails: {:?}", report.seed, report.violations);
                        }
                        let mut summary = summary.lock().unwrap_or_else(PoisonError::into_inner);
                        summary.add(report);
                        if self.shows_progress && summary.schedules.is_multiple_of(1_000) {
                            let rate = summary.schedules as f64 / started.elapsed().as_secs_f64();
                            eprintln!("{} schedules, {} failed, {rate:.0}/s", summary.schedules, summary.failures);
                        }
                    }
                });
            }
        });
        let mut summary = summary.into_inner().unwrap_or_else(PoisonError::into_inner);
        summary.failed.sort_by_key(|report| report.seed);
        summary.took = started.elapsed();
        summary
    }
}

impl Summary {
    fn merge(&mut self, other: Self) {
        self.schedules += other.schedules;
        self.failures += other.failures;
        self.failed.extend(other.failed);
        self.hits.add(other.hits);
        for (status, count) in other.orders {
            *self.orders.entry(status).or_default() += count;
        }
        self.took += other.took;
    }

    fn add(&mut self, report: Report) {
        self.schedules += 1;
        for (status, count) in &report.orders {
            *self.orders.entry(status.clone()).or_default() += count;
        }
        self.hits.add(report.hits.clone());
        if !report.violations.is_empty() {
            self.failures += 1;
            if self.failed.len() < KEPT {
                self.failed.push(report);
            }
        }
    }

    /// For people: the table, the figures, and what failed.
    pub fn to_text(&self) -> String {
        let mut text = self.hits.table();
        let (requests, faults, seconds) = (self.hits.requests(), self.hits.faults(), self.took.as_secs_f64());
        let _infallible = writeln!(
            text,
            "{} schedules in {seconds:.1} s ({:.0}/s): {requests} requests, {faults} faults, orders {:?}",
            self.schedules,
            self.schedules as f64 / seconds,
            self.orders,
        );
        for report in &self.failed {
            let _infallible = writeln!(text, "seed {} fails:", report.seed);
            for violation in &report.violations {
                let _infallible = writeln!(text, "  {violation}");
            }
            let (subject, seed) = (report.subject.flag(), report.seed);
            let _infallible =
                write!(text, "  replay: cargo run -p souk-simulation --bin simulate -- {subject}--seed {seed}");
            for aim in &report.aims {
                let _infallible = write!(text, " --aim '{aim}'");
            }
            text.push('\n');
        }
        text
    }
}

/// A seeded bug, and the schedule that noticed it.
#[derive(Debug)]
pub struct Caught {
    /// Which part of the protocol.
    pub step: &'static str,
    /// What was taken away.
    pub missing: &'static str,
    /// The first report of a violation, and how many schedules had been run by then.
    pub by: Option<(Report, u64)>,
}

/// Gives production code each seeded bug, and looks for a schedule that notices: on all cores, each at a bug of its own.
pub fn hunt_seeded_bugs(subject: Subject, schedules: u64) -> Vec<Caught> {
    let (bugs, next) = (&mutation::bugs(subject), AtomicUsize::new(0));
    let caught = Mutex::new(Vec::with_capacity(bugs.len()));
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let worker = Worker::new();
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(bug) = bugs.get(index) else { return };
                    let by = hunt(&worker, subject, bug, schedules);
                    caught.lock().unwrap_or_else(PoisonError::into_inner).push((index, by));
                }
            });
        }
    });
    let mut caught = caught.into_inner().unwrap_or_else(PoisonError::into_inner);
    caught.sort_by_key(|(index, _)| *index);
    let of = |(index, by): (usize, _)| Caught { step: bugs[index].step, missing: bugs[index].missing, by };
    caught.into_iter().map(of).collect()
}

/// The first schedule that notices a bug, and how many it took.
fn hunt(worker: &Worker, subject: Subject, bug: &'static SeededBug, schedules: u64) -> Option<(Report, u64)> {
    let reports = (0..schedules).map(|seed| (worker.run(subject, seed, Mutation::of(bug), false), seed + 1));
    reports.into_iter().find(|(report, _)| !report.violations.is_empty())
}

/// The seeded bugs, for people.
pub fn table_of_bugs(caught: &[Caught]) -> String {
    let mut text = format!("{:<9}{:<58}{:>10}  {}\n", "step", "missing guard", "schedules", "caught by");
    for bug in caught {
        let (after, by) = match &bug.by {
            Some((report, after)) => (after.to_string(), format!("seed {}: {}", report.seed, report.violations[0])),
            None => ("-".to_owned(), "NOT CAUGHT".to_owned()),
        };
        let _infallible = writeln!(text, "{:<9}{:<58}{after:>10}  {by}", bug.step, bug.missing);
    }
    text
}
