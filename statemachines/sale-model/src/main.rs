//! Explores the flash sale's protocol: quickly, or `--exhaustive`, or `--without` one guard or each of them.
#![forbid(unsafe_code)]

use std::{num::NonZeroUsize, process::ExitCode};

use souk_sale_model::{
    Protocol, bounds::Bounds, explore::Explored, guards::Guard, properties::Invariant, removals::Role,
};

const USAGE: &str = "usage: souk-sale-model [--exhaustive | --without [GUARD]]

  (nothing)        what the tests explore, in seconds
  --exhaustive [N] every state within the large bounds, or N transitions each (150 million), in minutes
  --without        the protocol without each of its guards: a table of what breaks
  --without GUARD  the protocol without this one (such as ClaimOnce): how it breaks, event by event";

/// Transitions that fit into some gigabytes of memory.
const MOST: usize = 150_000_000;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let holds = match args.as_slice() {
        [] => Some(explore_all(Bounds::quick(), None)),
        ["--exhaustive"] => Some(explore_all(Bounds::exhaustive(), NonZeroUsize::new(MOST))),
        ["--exhaustive", most] => most.parse().ok().map(|most| explore_all(Bounds::exhaustive(), Some(most))),
        ["--without"] => Some(without_each_guard()),
        ["--without", name] => Guard::ALL.iter().find(|guard| format!("{guard:?}") == *name).map(|g| without(*g)),
        _ => None,
    };
    match holds {
        Some(true) => ExitCode::SUCCESS,
        Some(false) => ExitCode::FAILURE,
        None => {
            eprintln!("{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn explore_all(all: Vec<Bounds>, most: Option<NonZeroUsize>) -> bool {
    let names: Vec<_> = Invariant::ALL.iter().map(|invariant| invariant.property().name).collect();
    println!("In every state: {}.\n", names.join(", "));
    let failed = all.into_iter().filter(|bounds| !explore(&Protocol::whole(*bounds), most));
    failed.count() == 0
}

/// True where everything holds, and everything that should be reached is.
fn explore(protocol: &Protocol, most: Option<NonZeroUsize>) -> bool {
    println!("{}", protocol.bounds);
    let Explored { complete, states, depth, time, violated, never_reached } = protocol.explore(most);
    let rest = if complete { "" } else { "; THERE ARE MORE" };
    println!("  {states} states, depth {depth}, {:.1} s{rest}", time.as_secs_f64());
    // What was cut short may have been about to reach it.
    let never_reached = if complete { never_reached } else { Vec::new() };
    for name in &never_reached {
        println!("  NEVER REACHED: {name}");
    }
    for (invariant, trace) in &violated {
        println!("  VIOLATED: {invariant}");
        trace.iter().for_each(|action| println!("    {action:?}"));
    }
    violated.is_empty() && never_reached.is_empty()
}

fn without(guard: Guard) -> bool {
    println!("Without {}: {}.", guard.step(), guard.rule());
    explore(&guard.removed(), None)
}

fn without_each_guard() -> bool {
    println!("| step | guard | without it |\n|---|---|---|");
    let mut as_said = true;
    for &guard in Guard::ALL {
        let explored = guard.removed().explore(None);
        let found = explored.violated.first().map(|(name, trace)| format!("`{name}` after {} events", trace.len()));
        let what = match (guard.role(), found) {
            (Role::Spare(_, why), None) => format!("nothing: {why}"),
            (Role::Needed(_), Some(found)) => found,
            (_, found) => {
                as_said = false;
                format!("NOT AS SAID: {found:?}, {} states", explored.states)
            }
        };
        println!("| {} | {} | {what} |", guard.step(), guard.rule());
    }
    as_said
}
