//! A request that is refused leaves no trace: every table, queue and state machine is as it was, and nobody is told.
//!
//! Whatever else is going on would be a trace, too, so these run by themselves (`infra/local/souk_local/phases.py`), and a
//! trace is what each of three rounds leaves: what a sweeper or a late event writes meanwhile, one round may, and not all.

mod requests;
mod snapshot;

use std::{collections::BTreeSet, time::Duration};

use self::{
    requests::{Refused, of_the_description, of_what_is_there},
    snapshot::Snapshot,
};
use crate::support::{Bystander, eventually, stack};

const ROUNDS: usize = 3;
/// Events, sagas and hints of what was done before have come to an end.
const QUIET: Duration = Duration::from_secs(120);

/// Tables to which a refused request may write, and why.
const ALLOWED: [(&str, &str); 1] = [("RequestsTable", "whoever asks often is counted, whatever they are answered")];

/// The stack at rest: two looks at it, a while apart, see the same.
async fn at_rest() -> Snapshot {
    eventually("the stack is at rest", QUIET, || async {
        let seen = Snapshot::take(stack()).await;
        let told = seen.changes(&Snapshot::take(stack()).await);
        told.is_empty().then_some(seen)
    })
    .await
}

async fn assert_traceless(what: &str, requests: &[Refused]) {
    assert!(!requests.is_empty());
    let mut always: Option<BTreeSet<String>> = None;
    for _ in 0..ROUNDS {
        let before = at_rest().await;
        let bystander = Bystander::on_the_bus(stack()).await;
        for request in requests {
            request.send().await;
        }
        let mut traces = before.changes(&Snapshot::take(stack()).await);
        traces.extend(bystander.heard().await.into_iter().map(|event| format!("told on the bus: {event}")));
        bystander.leave().await;
        traces.retain(|trace| !ALLOWED.iter().any(|(table, _)| snapshot::kind_of(trace).contains(table)));
        let kinds: BTreeSet<_> = traces.iter().map(|trace| snapshot::kind_of(trace)).collect();
        let left = always.map_or(kinds.clone(), |before| before.intersection(&kinds).cloned().collect());
        if left.is_empty() {
            return;
        }
        println!("{what}: {traces:#?}");
        always = Some(left);
    }
    panic!("{what}: each of {ROUNDS} rounds of refused requests left traces in {always:?}");
}

#[tokio::test]
async fn whatever_is_refused_at_any_route_leaves_every_table_as_it_was() {
    if !stack().is_here() {
        return;
    }
    let requests = of_the_description().await;
    assert!(requests.len() > 150, "{}", requests.len());
    assert_traceless("routes of the description", &requests).await;
    let requests = of_what_is_there().await;
    assert!(requests.len() > 20, "{}", requests.len());
    assert_traceless("requests about what is there", &requests).await;
}
