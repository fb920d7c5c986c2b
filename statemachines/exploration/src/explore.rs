//! Exploring, and telling what was found.

use std::{
    collections::BTreeMap,
    fmt::Debug,
    hash::Hash,
    num::NonZeroUsize,
    time::{Duration, Instant},
};

use stateright::{
    Checker, Expectation, HasDiscoveries, Model, Path,
    report::{ReportData, ReportDiscovery, Reporter},
};

use crate::Protocol;

/// What an exploration found.
#[derive(Debug)]
pub struct Explored<A> {
    /// True where there are no other states.
    pub complete: bool,
    /// Different states.
    pub states: usize,
    /// The longest way on which a state was first reached.
    pub depth: usize,
    /// How long it took.
    pub time: Duration,
    /// The violated invariants, the soonest first.
    pub violated: Vec<Violation<A>>,
    /// What the model should have reached, and has not.
    pub never_reached: Vec<&'static str>,
}

/// A violated invariant.
#[derive(Debug)]
pub struct Violation<A> {
    /// Its name.
    pub invariant: &'static str,
    /// What happened, from nothing to the violation.
    pub trace: Vec<A>,
}

/// Called now and then with the number of states and the depth so far.
pub type Progress = fn(usize, usize);

/// Visits every state, or goes on until an invariant breaks or `most` transitions were made.
pub fn explore<P: Protocol>(
    protocol: &P,
    most: Option<NonZeroUsize>,
    progress: Option<Progress>,
) -> Explored<P::Action> {
    let begun = Instant::now();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let checker = protocol.clone().checker().threads(threads).finish_when(HasDiscoveries::AnyFailures);
    // Zero is no limit.
    let checker = checker.target_state_count(most.map_or(0, NonZeroUsize::get)).spawn_bfs();
    let checker = match progress {
        Some(progress) => checker.report(&mut ProgressReporter(progress)).join(),
        None => checker.join(),
    };
    let found = checker.discoveries();
    let named = |expectation: Expectation| {
        let properties = protocol.properties().into_iter();
        properties.filter(move |property| property.expectation == expectation).map(|property| property.name)
    };
    let path = |name| found.get(name).cloned().map(Path::into_actions);
    let mut violated: Vec<_> = named(Expectation::Always)
        .filter_map(|invariant| Some(Violation { invariant, trace: path(invariant)? }))
        .collect();
    violated.sort_by_key(|violation| violation.trace.len());
    Explored {
        complete: most.is_none_or(|most| checker.state_count() < most.get()),
        states: checker.unique_state_count(),
        depth: checker.max_depth(),
        time: begun.elapsed(),
        violated,
        never_reached: named(Expectation::Sometimes).filter(|name| !found.contains_key(name)).collect(),
    }
}

/// Reports the progress now and then.
struct ProgressReporter(Progress);

impl<M: Model> Reporter<M> for ProgressReporter {
    fn report_checking(&mut self, data: ReportData) {
        (self.0)(data.unique_states, data.max_depth);
    }

    fn report_discoveries(&mut self, _: &M, _: BTreeMap<&'static str, ReportDiscovery<M>>)
    where
        M::Action: Debug + PartialEq,
        M::State: Debug + Hash + PartialEq,
    {
    }

    fn delay(&self) -> Duration {
        Duration::from_millis(200)
    }
}
