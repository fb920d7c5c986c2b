//! `publish-prices`: publishes what the prices table's stream says about prices.

use souk_events::pricing::{PriceChanged, SOURCE};
use souk_pricing::PriceImage;
use souk_runtime::{
    bus::{Bus, Event},
    stream::{BatchResult, Record, RecordFailure},
};
use souk_wiring::{Call, FromEnvironment};

/// The bus.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    bus: Bus,
}

/// Publishes a batch. Repeated records make repeated events, which their versions make harmless.
///
/// # Errors
/// The first record that was not published.
pub async fn handle(deps: &Deps, records: Vec<Record>, _: Call) -> BatchResult {
    let published = |event| Event::new(PriceChanged::DETAIL_TYPE, &event);
    deps.bus.publish_each(SOURCE, &records, |record| event_of(record)?.map(published).transpose()).await
}

/// The same item also holds what the catalog says: where only that changed, there is nothing to publish.
fn event_of(record: &Record) -> Result<Option<PriceChanged>, RecordFailure> {
    let Some(now) = record.new_image::<PriceImage>()?.and_then(|image| image.priced()) else { return Ok(None) };
    let before = record.old::<PriceImage>().and_then(|image| image.priced());
    let is_new = before.is_none_or(|before| before.version != now.version);
    Ok(is_new.then_some(PriceChanged { sku: now.sku, price: now.price, version: now.version }))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn record(old: Value, new: Value) -> Record {
        Record::from_json(json!({
            "awsRegion": "us-east-1", "eventID": "1", "eventName": "MODIFY",
            "dynamodb": {
                "ApproximateCreationDateTime": 1.0, "Keys": {"sku": {"S": "A"}},
                "OldImage": old, "NewImage": new, "SequenceNumber": "7", "SizeBytes": 1,
            },
        }))
        .unwrap()
    }

    fn priced(version: u32, title: &str) -> Value {
        let price = json!({"M": {"amount": {"N": "1250"}, "currency": {"S": "USD"}}});
        json!({"sku": {"S": "A"}, "price": price, "version": {"N": version.to_string()}, "title": {"S": title}})
    }

    #[test]
    fn a_new_version_is_published() {
        for old in [json!({}), json!({"sku": {"S": "A"}, "title": {"S": "t"}}), priced(1, "t")] {
            let event = event_of(&record(old, priced(2, "t"))).unwrap().unwrap();
            assert_eq!((event.sku.as_str(), event.price.amount(), event.version), ("A", 1250, 2));
        }
    }

    #[test]
    fn what_only_the_catalog_said_is_not() {
        assert_eq!(event_of(&record(priced(2, "t"), priced(2, "other"))).unwrap(), None);
        let heard_of = json!({"sku": {"S": "A"}, "title": {"S": "t"}, "withdrawn": {"BOOL": false}});
        assert_eq!(event_of(&record(json!({}), heard_of)).unwrap(), None);
    }
}
