//! `catalog-facts-projector`: keeps what the catalog's events say of SKUs beside their prices.

use serde::Deserialize;
use souk_domain::ids::Sku;
use souk_events::catalog::{ProductChanged, ProductDeleted};
use souk_pricing::{CatalogFact, Prices};
use souk_runtime::queue::{Failure, Message};
use souk_wiring::Call;

pub use crate::operator::Deps;

/// An event of the catalog, in the bus's envelope.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "detail-type", content = "detail")]
pub enum CatalogEvent {
    /// A product was created, changed or put back.
    ProductChanged(ProductChanged),
    /// A product was taken out.
    ProductDeleted(ProductDeleted),
}

/// Stores the facts of one event. Late and repeated events change nothing.
///
/// # Errors
/// Whatever makes the message come back.
pub async fn handle(deps: &Deps, message: Message<CatalogEvent>, _: Call) -> Result<(), Failure> {
    let (version, facts) = facts_of(message.body);
    record(&deps.prices, version, &facts).await
}

async fn record(prices: &Prices, version: u64, facts: &[(Sku, CatalogFact)]) -> Result<(), Failure> {
    for (sku, fact) in facts {
        // Both outcomes are fine: what is outdated is known already.
        let _recorded_or_outdated = prices.record_fact(sku, version, fact).await?;
    }
    Ok(())
}

fn facts_of(event: CatalogEvent) -> (u64, Vec<(Sku, CatalogFact)>) {
    let withdrawn = |sku| (sku, CatalogFact::Withdrawn);
    match event {
        CatalogEvent::ProductChanged(ProductChanged { title, version, skus, mut variants, withdrawn_skus, .. }) => {
            let listed = skus.into_iter().map(|sku| {
                let variant = variants.remove(&sku);
                (sku, CatalogFact::Listed { title: title.clone(), variant })
            });
            (version, listed.chain(withdrawn_skus.into_iter().map(withdrawn)).collect())
        }
        CatalogEvent::ProductDeleted(ProductDeleted { version, skus, .. }) => {
            (version, skus.into_iter().map(withdrawn).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn facts(detail_type: &str, detail: serde_json::Value) -> (u64, Vec<(Sku, CatalogFact)>) {
        let envelope =
            json!({"version": "0", "id": "1", "source": "souk.catalog", "detail-type": detail_type, "detail": detail});
        facts_of(serde_json::from_value(envelope).unwrap())
    }

    #[test]
    fn a_change_lists_and_withdraws() {
        let detail = json!({
            "product_id": "p", "title": "Bag", "version": 4, "skus": ["A", "C"], "variants": {"C": "Black, XL"},
            "withdrawn_skus": ["B"],
        });
        let (version, facts) = facts("ProductChanged", detail);
        assert_eq!(version, 4);
        let listed = |variant| CatalogFact::Listed { title: "Bag".to_owned(), variant };
        assert_eq!(facts[0], ("A".parse().unwrap(), listed(None)));
        assert_eq!(facts[1], ("C".parse().unwrap(), listed(Some("Black, XL".to_owned()))));
        assert_eq!(facts[2], ("B".parse().unwrap(), CatalogFact::Withdrawn));
    }

    #[test]
    fn a_deletion_withdraws_all() {
        let (version, facts) = facts("ProductDeleted", json!({"product_id": "p", "version": 5, "skus": ["A", "B"]}));
        assert_eq!((version, facts.len()), (5, 2));
        assert!(facts.iter().all(|(_, fact)| *fact == CatalogFact::Withdrawn));
    }
}
