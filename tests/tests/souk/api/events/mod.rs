//! What the shop tells others of what has happened, on the bus and by webhooks: schemas made from the types, a version of
//! each, and events of every version. `UPDATE=1` writes the present versions; those before stay as they are.

mod kinds;
mod readers;
mod registry;
mod samples;
mod schema;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use souk_domain::order::{CancelReason, OrderStatus};
use souk_events::{
    orders::{self, OrderChanged, detail_types},
    published::PUBLISHED,
};

use self::kinds::{Kind, kinds};
use super::{assert_written, compatibility};
use crate::architecture::{entries, root};

const SCHEMAS: &str = "events/schemas";
const SAMPLES: &str = "events/samples";

fn stored(folder: &str, name: &str, version: u32) -> Value {
    let path = root().join(folder).join(format!("{name}.{version}.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What is stored of each version of each kind.
fn versions() -> Vec<(Kind, u32)> {
    let of = |kind: Kind| (1..=kind.version).map(move |version| (kind.clone(), version));
    kinds().into_iter().flat_map(of).collect()
}

fn assert_stored(folder: &str, kind: &Kind, value: &Value) {
    let text = serde_json::to_string_pretty(&super::document::sorted(value.clone())).unwrap() + "\n";
    assert_written(&format!("{folder}/{}.{}.json", kind.name, kind.version), &text);
}

#[test]
fn the_stored_schemas_are_what_the_types_say() {
    for kind in kinds() {
        assert_stored(SCHEMAS, &kind, &kind.schema);
    }
}

#[test]
fn todays_events_are_stored_and_as_their_schemas_say() {
    for kind in kinds() {
        assert_stored(SAMPLES, &kind, &Value::Array(kind.samples.clone()));
        let checked = schema::Checked::of(&stored(SCHEMAS, &kind.name, kind.version));
        for sample in &kind.samples {
            assert_eq!(checked.error(sample), None, "{}: {sample}", kind.name);
            for needed in kind.schema["required"].as_array().unwrap() {
                let mut without = sample.clone();
                without.as_object_mut().unwrap().remove(needed.as_str().unwrap());
                assert!(checked.error(&without).is_some(), "{} without {needed}", kind.name);
            }
        }
        let members: BTreeSet<_> = schema::members_of_told(&kind.schema).collect();
        let told: BTreeSet<_> = kind.told(&kind.samples[0]).as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(members, told, "the first sample of {} has all that there is", kind.name);
    }
}

#[test]
fn events_of_every_version_are_read_and_as_their_schemas_say() {
    for (kind, version) in versions() {
        let checked = schema::Checked::of(&stored(SCHEMAS, &kind.name, version));
        let present = schema::Checked::of(&kind.schema);
        let samples = stored(SAMPLES, &kind.name, version);
        assert!(!samples.as_array().unwrap().is_empty(), "{} {version}", kind.name);
        for sample in samples.as_array().unwrap() {
            assert_eq!(checked.error(sample), None, "{} {version}: {sample}", kind.name);
            if let Some(read) = kind.read {
                let again = read(kind.told(sample)).unwrap_or_else(|error| panic!("{} {version}: {error}", kind.name));
                let mut whole = sample.clone();
                whole["detail"] = again;
                assert_eq!(present.error(&whole), None, "{} {version}, read and written", kind.name);
            }
        }
    }
}

#[test]
fn a_new_version_trips_nobody_who_reads_the_one_before() {
    for (kind, version) in versions().into_iter().filter(|(_, version)| *version > 1) {
        let (old, new) = (stored(SCHEMAS, &kind.name, version - 1), stored(SCHEMAS, &kind.name, version));
        assert_ne!(old, new, "{}: a version that changes nothing", kind.name);
        let found = compatibility::tripping_readers(&old, &new);
        assert!(found.is_empty(), "{} {version} is an event of another name: {found:#?}", kind.name);
    }
}

#[test]
fn a_released_version_stays_as_it_is() {
    let released = std::fs::read_to_string(root().join("docs/released/events.json")).unwrap();
    let released: BTreeMap<String, Value> = serde_json::from_str(&released).unwrap();
    let kinds = kinds();
    for (name, schema) in &released {
        let (kind, version) = name.rsplit_once('.').unwrap();
        assert!(kinds.iter().any(|known| known.name == kind), "{kind} was released and is told no more");
        assert_eq!(
            stored(SCHEMAS, kind, version.parse().unwrap()),
            *schema,
            "{name} was released: count its version up"
        );
    }
}

#[test]
fn nothing_is_stored_of_what_nobody_tells() {
    let known: Vec<String> = versions().iter().map(|(kind, version)| format!("{}.{version}.json", kind.name)).collect();
    for folder in [SCHEMAS, SAMPLES] {
        let unknown: Vec<_> = entries(folder).into_iter().filter(|file| !known.contains(file)).collect();
        assert_eq!(unknown, [""; 0], "{folder}");
    }
}

#[test]
fn whatever_an_order_is_published_as_is_in_the_list() {
    let listed = |name: &str| PUBLISHED.iter().any(|kind| kind.source == orders::SOURCE && kind.detail_type == name);
    let reasons = [None, Some(CancelReason::Customer), Some(CancelReason::PaymentDeclined)];
    for (status, reason) in OrderStatus::ALL.into_iter().flat_map(|status| reasons.map(|reason| (status, reason))) {
        for name in detail_types(status, reason) {
            assert!(listed(name), "{name}");
        }
    }
    let names: BTreeSet<_> = PUBLISHED.iter().map(|kind| kind.name()).collect();
    assert_eq!(names.len(), PUBLISHED.len());
}

/// Subscribers are promised `order.cancellation_settled`.
#[test]
fn that_a_cancellation_is_settled_is_published_once() {
    let mut open = samples::order();
    (open.status, open.cancel_reason, open.settled) = (OrderStatus::Cancelled, Some(CancelReason::Customer), false);
    let mut settled = open.clone();
    settled.settled = true;
    assert_eq!(OrderChanged::detail_types(Some(&open), &settled), [orders::CANCELLATION_SETTLED]);
    assert_eq!(OrderChanged::detail_types(Some(&settled), &settled), [""; 0]);
    assert_eq!(OrderChanged::detail_types(Some(&open), &open), [""; 0]);
    let confirmed = samples::order();
    assert_eq!(OrderChanged::detail_types(Some(&confirmed), &open), ["OrderCancelled"]);
    let (mut before, mut after) = (confirmed.clone(), confirmed);
    (before.settled, after.settled) = (false, true);
    assert_eq!(
        OrderChanged::detail_types(Some(&before), &after),
        [""; 0],
        "a confirmed order's settling is nobody's news"
    );
}

#[test]
fn docs_events_md_is_made_from_the_list() {
    assert_written("docs/events.md", &registry::page(&kinds()));
}

#[test]
fn the_deployment_registers_the_present_schemas() {
    assert_written("infra/event-schemas.yaml", &registry::template(&kinds()));
}
