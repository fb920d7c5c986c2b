//! Explores the order protocol.
#![forbid(unsafe_code)]

use std::time::Instant;

use souk_saga_model::{
    Protocol,
    bounds::{Bounds, Contest},
};
use stateright::{Checker, Model};

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let n = |i: usize, d: i64| args.get(i).and_then(|a| a.parse::<i64>().ok()).unwrap_or(d);
    let contest = match args.get(1).map(String::as_str) {
        Some("unit") => Contest::OneUnit,
        Some("checkout") => Contest::OneCheckout,
        Some("key") => Contest::OneKey,
        Some("cart") => Contest::OneCart,
        _ => Contest::Alone,
    };
    let bounds = Bounds {
        contest,
        starts: u8::try_from(n(2, -1)).ok(),
        at_once: n(3, 2) as usize,
        in_flight: n(4, 1) as u32,
        lost_answers: n(5, 1) == 1,
        shipping: n(6, 1) as usize,
        lapses: n(7, 1) == 1,
    };
    let begun = Instant::now();
    let checker = Protocol::whole(bounds)
        .checker()
        .threads(2)
        .spawn_bfs()
        .report(&mut stateright::report::WriteReporter::new(&mut std::io::stdout()));
    println!("{bounds:?}");
    println!(
        "{} states, {} generated, depth {}, {:?}",
        checker.unique_state_count(),
        checker.state_count(),
        checker.max_depth(),
        begun.elapsed()
    );
    for (name, path) in checker.discoveries() {
        if name.starts_with("invariant") || name.starts_with("every") || name.starts_with("cart") {
            println!("VIOLATED {name}");
            for (state, action) in path.into_vec() {
                println!(
                    "   {action:?}   {:?} {:?} {:?} k{} {:?} n{} r{} {:?}",
                    state.holds[0].units,
                    state.lanes[0].order,
                    state.lanes[0].record,
                    state.lanes[0].known,
                    state.lanes[0].intent,
                    state.lanes[0].noted,
                    state.lanes[0].refusal_kept,
                    state.lanes[0].runs
                );
            }
        }
    }
}
