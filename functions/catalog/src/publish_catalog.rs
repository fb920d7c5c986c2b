//! `publish-catalog`: publishes what the catalog table's stream says about products.

use souk_catalog::{Key, ProductDetails, ProductRecord};
use souk_domain::ids::Sku;
use souk_events::catalog::{ProductChanged, ProductDeleted, SOURCE};
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
    let published = |event: ProductEvent| match event {
        ProductEvent::Changed(event) => Event::new(ProductChanged::DETAIL_TYPE, &event),
        ProductEvent::Deleted(event) => Event::new(ProductDeleted::DETAIL_TYPE, &event),
    };
    deps.bus.publish_each(SOURCE, &records, |record| event_of(record)?.map(published).transpose()).await
}

#[derive(Debug, PartialEq, Eq)]
enum ProductEvent {
    Changed(ProductChanged),
    Deleted(ProductDeleted),
}

fn event_of(record: &Record) -> Result<Option<ProductEvent>, RecordFailure> {
    let Some(Ok(Key::Product(product_id))) = record.key("pk").map(str::parse) else { return Ok(None) };
    let Some(new) = record.new_image::<ProductRecord>()? else { return Ok(None) };
    let ProductRecord { version, details, skus, .. } = new;
    let Some(details) = details else {
        return Ok(Some(ProductEvent::Deleted(ProductDeleted { product_id, version, skus })));
    };
    let withdrawn_skus = record.old::<ProductRecord>().map(|old| gone(old.skus, &skus)).unwrap_or_default();
    let ProductDetails { title, variants, .. } = details;
    let variants = variants.into_iter().filter_map(|variant| Some((variant.sku.clone(), variant.apart()?))).collect();
    Ok(Some(ProductEvent::Changed(ProductChanged { product_id, title, version, skus, variants, withdrawn_skus })))
}

fn gone(before: Vec<Sku>, now: &[Sku]) -> Vec<Sku> {
    before.into_iter().filter(|sku| !now.contains(sku)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn product(version: u64, skus: &[&str]) -> Value {
        let skus: Vec<_> = skus.iter().map(|sku| json!({ "S": sku })).collect();
        let variants: Vec<_> = skus.iter().map(|sku| json!({ "M": { "sku": sku } })).collect();
        json!({
            "pk": {"S": "product#p-1"}, "product_id": {"S": "p-1"}, "version": {"N": version.to_string()},
            "skus": {"L": skus}, "created_at": {"S": "2026-11-24T00:00:00Z"}, "updated_at": {"S": "2026-11-24T00:00:00Z"},
            "details": {"M": {
                "title": {"S": "Backpack"}, "description": {"S": ""}, "category_id": {"S": "bags"},
                "seller_id": {"S": "hide"}, "variants": {"L": variants},
            }},
        })
    }

    fn record(pk: &str, old: Value, new: Value) -> Record {
        let record = json!({
            "awsRegion": "us-east-1", "eventID": "1", "eventName": "MODIFY",
            "dynamodb": {
                "ApproximateCreationDateTime": 1.0, "Keys": {"pk": {"S": pk}},
                "OldImage": old, "NewImage": new, "SequenceNumber": "7", "SizeBytes": 1,
            },
        });
        Record::from_json(record).unwrap()
    }

    #[test]
    fn a_change_names_what_can_be_bought_and_what_no_longer() {
        let event = event_of(&record("product#p-1", product(1, &["A", "B"]), product(2, &["B", "C"]))).unwrap();
        let Some(ProductEvent::Changed(event)) = event else { panic!("{event:?}") };
        assert_eq!((event.version, event.title.as_str()), (2, "Backpack"));
        assert_eq!(event.skus, ["B", "C"].map(|sku| sku.parse().unwrap()));
        assert_eq!(event.withdrawn_skus, ["A".parse().unwrap()]);
        assert_eq!(event.variants, [].into());
    }

    #[test]
    fn a_tombstone_says_that_its_skus_are_gone() {
        let mut tombstone = product(3, &["A"]);
        tombstone.as_object_mut().unwrap().remove("details");
        let event = event_of(&record("product#p-1", product(2, &["A"]), tombstone)).unwrap();
        let expected =
            ProductDeleted { product_id: "p-1".parse().unwrap(), version: 3, skus: vec!["A".parse().unwrap()] };
        assert_eq!(event, Some(ProductEvent::Deleted(expected)));
    }

    #[test]
    fn other_items_tell_nothing() {
        let claim = json!({"pk": {"S": "sku#A"}, "sku": {"S": "A"}, "product_id": {"S": "p-1"}});
        assert_eq!(event_of(&record("sku#A", json!({}), claim)).unwrap(), None);
    }
}
