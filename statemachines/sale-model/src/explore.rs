//! Exploring, and telling what was found.

use std::{
    num::NonZeroUsize,
    time::{Duration, Instant},
};

use stateright::{Checker, HasDiscoveries, Model, Path};

use crate::{Protocol, actions::Action, properties::reached};

/// What an exploration found.
#[derive(Debug)]
pub struct Explored {
    /// True where there are no other states.
    pub complete: bool,
    /// Different states.
    pub states: usize,
    /// The longest way on which a state was first reached.
    pub depth: usize,
    /// How long it took.
    pub time: Duration,
    /// The violated invariants, the soonest first: each one's name, and what happened until then.
    pub violated: Vec<(&'static str, Vec<Action>)>,
    /// What the model should have reached, and has not.
    pub never_reached: Vec<&'static str>,
}

impl Protocol {
    /// Visits every state, or goes on until an invariant breaks or `most` states were visited.
    pub fn explore(&self, most: Option<NonZeroUsize>) -> Explored {
        let begun = Instant::now();
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let checker = self.clone().checker().threads(threads).finish_when(HasDiscoveries::AnyFailures);
        // Zero is no limit.
        let checker = checker.target_state_count(most.map_or(0, NonZeroUsize::get)).spawn_bfs().join();
        let found = checker.discoveries();
        let names = self.invariants.iter().map(|invariant| invariant.property().name);
        let mut violated: Vec<_> =
            names.filter_map(|name| Some((name, found.get(name).cloned().map(Path::into_actions)?))).collect();
        violated.sort_by_key(|(_, trace)| trace.len());
        Explored {
            complete: most.is_none_or(|most| checker.state_count() < most.get()),
            states: checker.unique_state_count(),
            depth: checker.max_depth(),
            time: begun.elapsed(),
            violated,
            never_reached: reached(self).iter().map(|p| p.name).filter(|name| !found.contains_key(name)).collect(),
        }
    }
}
