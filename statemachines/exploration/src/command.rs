//! The program of a model: explores it, and prints tables of what was found.

use std::{num::NonZeroUsize, process::ExitCode};

use stateright::{Expectation, Model};

use crate::{Explored, Guard, Protocol, Role, explore};

/// Does what the command line says.
pub fn run<P: Protocol>(name: &str) -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let holds = match args.as_slice() {
        [] => Some(explore_all::<P>(P::quick(), None)),
        ["--exhaustive"] => Some(explore_all::<P>(P::exhaustive(), P::MOST)),
        ["--exhaustive", most] => most.parse().ok().map(|most| explore_all::<P>(P::exhaustive(), Some(most))),
        ["--without"] => Some(without_each_guard::<P>()),
        ["--without", name] => {
            P::Guard::ALL.iter().find(|guard| format!("{guard:?}") == *name).map(|guard| without::<P>(*guard))
        }
        _ => None,
    };
    match holds {
        Some(true) => ExitCode::SUCCESS,
        Some(false) => ExitCode::FAILURE,
        None => {
            eprintln!("{}", usage::<P>(name));
            ExitCode::from(2)
        }
    }
}

fn usage<P: Protocol>(name: &str) -> String {
    let most = P::MOST.map_or(String::new(), |most| format!(" of {most} transitions each at most"));
    format!(
        "usage: {name} [--exhaustive [N] | --without [GUARD]]

  (nothing)        what the tests explore, in seconds
  --exhaustive     the large bounds{most}, in minutes
  --exhaustive N   the large bounds, of N transitions each at most
  --without        the protocol without each of its guards: a table of what breaks
  --without GUARD  the protocol without this one (such as {:?}): how it breaks, event by event",
        P::Guard::ALL[0]
    )
}

fn explore_all<P: Protocol>(all: Vec<P::Bounds>, most: Option<NonZeroUsize>) -> bool {
    let protocols: Vec<P> = all.into_iter().map(P::whole).collect();
    let properties = protocols.first().map(Model::properties).unwrap_or_default();
    let always = properties.iter().filter(|property| property.expectation == Expectation::Always);
    let names: Vec<_> = always.map(|property| property.name).collect();
    println!("In every state: {}.\n", names.join(", "));
    protocols.iter().filter(|protocol| !explore_one(*protocol, most)).count() == 0
}

fn without<P: Protocol>(guard: P::Guard) -> bool {
    println!("Without {}: {}.", guard.step(), guard.rule());
    explore_one(&P::without(guard), None)
}

/// True where everything holds, and everything that should be reached is.
fn explore_one<P: Protocol>(protocol: &P, most: Option<NonZeroUsize>) -> bool {
    println!("{}", protocol.bounds());
    let explored = explore(protocol, most, Some(|states, depth| eprint!("\r  {states} states, depth {depth} … ")));
    eprint!("\r");
    let Explored { complete, states, depth, time, violated, never_reached } = explored;
    let rest = if complete { "" } else { "; THERE ARE MORE" };
    println!("  {states} states, depth {depth}, {:.1} s{rest}", time.as_secs_f64());
    // What was cut short may have been about to reach it.
    let never_reached = if complete { never_reached } else { Vec::new() };
    for name in &never_reached {
        println!("  NEVER REACHED: {name}");
    }
    for violation in &violated {
        println!("  VIOLATED: {}", violation.invariant);
        violation.trace.iter().for_each(|action| println!("    {action:?}"));
    }
    violated.is_empty() && never_reached.is_empty()
}

fn without_each_guard<P: Protocol>() -> bool {
    println!("| step | guard | without it |\n|---|---|---|");
    let mut as_said = true;
    for &guard in P::Guard::ALL {
        let explored = explore(&P::without(guard), None, None);
        let found = explored.violated.first().map(|v| format!("`{}` after {} events", v.invariant, v.trace.len()));
        let what = match (P::role(guard), found) {
            (Role::Spare(_, why), None) => format!("nothing: {why}"),
            (Role::SecondLine(_, first, _), Some(found)) => format!("{found}, once `{first:?}` is gone too"),
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
