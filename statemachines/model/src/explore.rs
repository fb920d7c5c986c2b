//! Exploring, and telling what was found.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use stateright::{
    Checker, HasDiscoveries, Model, Path,
    report::{ReportData, ReportDiscovery, Reporter},
};

use crate::{Protocol, actions::Action, properties::reached, state::State};

/// What an exploration found.
#[derive(Debug)]
pub struct Explored {
    /// Different states.
    pub states: usize,
    /// The longest way on which a state was first reached.
    pub depth: usize,
    /// How long it took.
    pub time: Duration,
    /// The violated invariants, the soonest first.
    pub violated: Vec<Violation>,
    /// What the model should have reached, and has not.
    pub never_reached: Vec<&'static str>,
}

/// A violated invariant.
#[derive(Debug)]
pub struct Violation {
    /// Its name.
    pub invariant: &'static str,
    /// What happened, from nothing to the violation.
    pub trace: Vec<Action>,
}

/// Called now and then with the number of states and the depth so far.
pub type Progress = fn(usize, usize);

impl Protocol {
    /// Visits every state, or goes on until an invariant breaks.
    pub fn explore(&self, progress: Option<Progress>) -> Explored {
        let begun = Instant::now();
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let checker = self.clone().checker().threads(threads).finish_when(HasDiscoveries::AnyFailures).spawn_bfs();
        let checker = match progress {
            Some(progress) => checker.report(&mut Told(progress)).join(),
            None => checker.join(),
        };
        let found = checker.discoveries();
        let names = self.invariants.iter().map(|invariant| invariant.property().name);
        let path = |name| found.get(name).cloned().map(Path::into_actions);
        let mut violated: Vec<_> =
            names.filter_map(|invariant| Some(Violation { invariant, trace: path(invariant)? })).collect();
        violated.sort_by_key(|violation| violation.trace.len());
        Explored {
            states: checker.unique_state_count(),
            depth: checker.max_depth(),
            time: begun.elapsed(),
            violated,
            never_reached: reached(self).iter().map(|p| p.name).filter(|name| !found.contains_key(name)).collect(),
        }
    }
}

/// Tells the progress now and then.
struct Told(Progress);

impl Reporter<Protocol> for Told {
    fn report_checking(&mut self, data: ReportData) {
        (self.0)(data.unique_states, data.max_depth);
    }

    fn report_discoveries(&mut self, _: &Protocol, _: BTreeMap<&'static str, ReportDiscovery<Protocol>>)
    where
        Action: PartialEq,
        State: PartialEq,
    {
    }

    fn delay(&self) -> Duration {
        Duration::from_millis(200)
    }
}
