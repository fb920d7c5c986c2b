//! Explores the order protocol: quickly, or `--exhaustive`, or once `--without` each guard.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use souk_saga_model::{
    Protocol, bounds::Bounds, explore::Explored, guards::Guard, properties::Invariant, removals::Role,
};

const USAGE: &str = "usage: souk-saga-model [--exhaustive | --without]

  (nothing)      what the tests explore, in seconds
  --exhaustive   every state within the large bounds, in minutes
  --without      the protocol without each of its guards: a table of what breaks";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let holds = match args.as_slice() {
        [] => explore_all(Bounds::quick()),
        ["--exhaustive"] => explore_all(Bounds::exhaustive()),
        ["--without"] => without_each_guard(),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn explore_all(all: Vec<Bounds>) -> bool {
    let names: Vec<_> = Invariant::ALL.iter().map(|invariant| invariant.property().name).collect();
    println!("In every state: {}.\n", names.join(", "));
    let mut holds = true;
    for bounds in all {
        println!("{bounds}");
        let explored = Protocol::whole(bounds).explore(Some(|states, depth| {
            eprint!("\r  {states} states, depth {depth} … ");
        }));
        eprint!("\r");
        let Explored { states, depth, time, violated, never_reached } = &explored;
        println!("  {states} states, depth {depth}, {:.1} s", time.as_secs_f64());
        for name in never_reached {
            println!("  NEVER REACHED: {name}");
        }
        for violation in violated {
            println!("  VIOLATED: {}\n    {:?}", violation.invariant, violation.trace);
        }
        holds &= violated.is_empty() && never_reached.is_empty();
    }
    holds
}

fn without_each_guard() -> bool {
    println!("| step | guard | without it |\n|---|---|---|");
    let mut as_said = true;
    for &guard in Guard::ALL {
        let explored = guard.removed().explore(None);
        let spare = matches!(guard.role(), Role::Spare(_));
        as_said &= explored.violated.is_empty() == spare;
        let found = explored.violated.first().map(|v| format!("`{}` after {} events", v.invariant, v.trace.len()));
        let what = match (guard.role(), found) {
            (Role::Spare(why), None) => format!("nothing: {why}"),
            (Role::SecondLine(_, first, _), Some(found)) => format!("{found}, once `{first:?}` is gone too"),
            (Role::Needed(_), Some(found)) => found,
            (_, found) => format!("NOT AS SAID: {found:?}"),
        };
        println!("| {} | {} | {what} |", guard.step(), guard.rule());
    }
    as_said
}
