//! Who listens on the bus can read what is told there, of every version: the archive keeps events for two weeks, queues
//! and subscribers' retries for days.

use serde_json::{Value, json};
use souk_events::published::PUBLISHED;
use souk_testkit::templates;

use super::{SAMPLES, stored};

/// Reads an event as a function does.
type Reader = fn(Value) -> Result<(), serde_json::Error>;

fn reads<T: serde::de::DeserializeOwned>(event: Value) -> Result<(), serde_json::Error> {
    serde_json::from_value::<T>(event).map(drop)
}

/// Each rule of the bus, and what reads the events that it lets through.
const READERS: [(&str, Reader); 7] = [
    ("AvailabilityFactsRule", reads::<souk_fn_search::facts_projector::Fact>),
    ("BoughtOrdersRule", |event| {
        // As the rule's transformer cuts it down.
        let cut = json!({ "order_id": event["detail"]["order_id"], "lines": event["detail"]["lines"] });
        reads::<souk_fn_search::count_companions::Bought>(cut)
    }),
    ("CatalogFactsRule", reads::<souk_fn_pricing::catalog_facts_projector::CatalogEvent>),
    ("OrderNewsRule", reads::<souk_fn_notifications::send_messages::OrderEvent>),
    ("OrdersToFollowRule", reads::<souk_fn_fulfilment::background::follow_orders::OrderEvent>),
    ("PriceFactsRule", reads::<souk_fn_search::facts_projector::Fact>),
    ("WebhookNewsRule", reads::<souk_fn_webhooks::background::plan_deliveries::Envelope>),
];

/// (Rule, source, detail type) of whatever the rules of the shop's own bus let through.
fn listened() -> Vec<(String, Vec<String>, String)> {
    let mut listened = Vec::new();
    for document in ["discovery", "transactions"].into_iter().flat_map(templates::read_with_nested) {
        for (rule, properties) in templates::resources(&document, "AWS::Events::Rule") {
            if properties["EventBusName"].is_null() {
                continue;
            }
            let texts = |name: &str| -> Vec<String> {
                let all = properties["EventPattern"][name].as_sequence().unwrap().iter();
                all.map(|text| text.as_str().unwrap().to_owned()).collect()
            };
            for detail_type in texts("detail-type") {
                listened.push((rule.to_owned(), texts("source"), detail_type));
            }
        }
    }
    listened
}

#[test]
fn whoever_listens_hears_something_and_reads_events_of_every_version() {
    let listened = listened();
    for (rule, sources, detail_type) in &listened {
        let told =
            PUBLISHED.iter().find(|told| sources.iter().any(|s| s == told.source) && told.detail_type == detail_type);
        let told = told.unwrap_or_else(|| panic!("{rule} listens to {detail_type}, which nobody publishes"));
        let (_, read) =
            READERS.iter().find(|(name, _)| name == rule).unwrap_or_else(|| panic!("who reads what {rule} lets in?"));
        for version in 1..=told.version {
            for sample in stored(SAMPLES, &told.name(), version).as_array().unwrap() {
                read(sample.clone()).unwrap_or_else(|error| panic!("{rule}: {detail_type} {version}: {error}"));
            }
        }
    }
    for (rule, _) in READERS {
        assert!(listened.iter().any(|(name, ..)| name == rule), "{rule} is gone");
    }
}
