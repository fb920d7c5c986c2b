//! Dependencies point one way: functions → workflows → contexts → domain, dynamo, events.

use std::collections::BTreeSet;

use super::{entries, root};

const DISCOVERY: [&str; 3] = ["catalog", "pictures", "search"];
const TRANSACTIONS: [&str; 9] =
    ["pricing", "inventory", "cart", "orders", "payments", "fulfilment", "flash-sales", "notifications", "webhooks"];

/// The project's own packages that a manifest's `[dependencies]` names, without `souk-`.
fn own_dependencies(folder: &str) -> BTreeSet<String> {
    let manifest = std::fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap();
    let mut section = String::new();
    let mut found = BTreeSet::new();
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            section = line.to_owned();
        } else if section == "[dependencies]" && line.starts_with("souk-") {
            let name = line.split(['.', ' ', '=']).next().unwrap();
            found.insert(name.trim_start_matches("souk-").to_owned());
        }
    }
    found
}

#[track_caller]
fn assert_only(folder: &str, allowed: &[&str]) {
    let extra: Vec<_> = own_dependencies(folder).into_iter().filter(|name| !allowed.contains(&name.as_str())).collect();
    assert!(extra.is_empty(), "{folder} may not depend on {extra:?}");
}

#[test]
fn the_domain_and_the_store_know_nobody() {
    assert_only("shared/domain", &[]);
    assert_only("shared/dynamo", &[]);
    assert_only("events", &["domain"]);
    assert_only("shared/wiring/derive", &[]);
    assert_only("shared/wiring", &["dynamo", "wiring-derive"]);
    assert_only("shared/runtime", &["domain", "dynamo", "wiring"]);
}

#[test]
fn a_context_knows_no_other_context_and_no_lambda() {
    for context in DISCOVERY.iter().chain(&TRANSACTIONS) {
        assert_only(&format!("shared/{context}"), &["domain", "dynamo", "events", "wiring"]);
    }
}

#[test]
fn a_workflow_composes_contexts_of_the_transaction_world_and_knows_no_lambda() {
    let common = ["domain", "dynamo", "events", "wiring"];
    let allowed: Vec<_> = common.iter().chain(&TRANSACTIONS).copied().collect();
    assert_only("shared/workflows", &allowed);
}

#[test]
fn a_function_composes_contexts_of_its_own_world_only() {
    let common = ["domain", "dynamo", "events", "runtime", "wiring"];
    for (world, contexts) in [("discovery", &DISCOVERY[..]), ("transactions", &TRANSACTIONS[..])] {
        for context in contexts {
            let own = if world == "transactions" { &["workflows"][..] } else { &[] };
            let allowed: Vec<_> = common.iter().chain(contexts).chain(own).copied().collect();
            assert_only(&format!("functions/{context}"), &allowed);
            println!("{world}: functions/{context} keeps to its world");
        }
    }
    assert_only("functions/fallback", &["runtime", "wiring"]);
    assert_only("functions/identity", &["dynamo", "runtime", "wiring"]);
}

#[test]
fn every_package_is_known_to_these_rules() {
    let contexts: BTreeSet<_> = DISCOVERY.iter().chain(&TRANSACTIONS).map(|name| (*name).to_owned()).collect();
    let with =
        |more: &[&str]| contexts.iter().cloned().chain(more.iter().map(|m| (*m).to_owned())).collect::<BTreeSet<_>>();
    assert_eq!(entries("functions").into_iter().collect::<BTreeSet<_>>(), with(&["fallback", "identity"]));
    assert_eq!(
        entries("shared").into_iter().collect::<BTreeSet<_>>(),
        with(&["domain", "dynamo", "runtime", "testkit", "wiring", "workflows"])
    );
}
