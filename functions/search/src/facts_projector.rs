//! `facts-projector`: what pricing and inventory publish of a SKU comes onto its product's page.

use serde::Deserialize;
use souk_events::{inventory::AvailabilityChanged, pricing::PriceChanged};
use souk_runtime::queue::{Failure, Message};
use souk_search::{AvailabilityFact, Pages, PriceFact};
use souk_wiring::{Call, FromEnvironment};

/// An event of the bus, as its rule puts it into the queue.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "detail-type", content = "detail")]
pub enum Fact {
    /// What a SKU costs.
    PriceChanged(PriceChanged),
    /// How many of it there are.
    AvailabilityChanged(AvailabilityChanged),
}

/// The pages.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    pages: Pages,
}

/// Takes note of one fact.
///
/// # Errors
/// Where the table did not answer; the message comes back, repeating is safe.
pub async fn handle(deps: &Deps, message: Message<Fact>, _: Call) -> Result<(), Failure> {
    match message.body {
        Fact::PriceChanged(PriceChanged { sku, price, version }) => {
            deps.pages.record_price(&sku, PriceFact { price, version }).await?;
        }
        Fact::AvailabilityChanged(AvailabilityChanged { sku, available, version }) => {
            deps.pages.record_availability(&sku, AvailabilityFact { available, version }).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use souk_domain::money::Money;

    use super::*;

    #[test]
    fn a_fact_is_read_from_the_event_around_it() {
        let event = json!({
            "version": "0", "id": "1", "source": "souk.pricing", "account": "1", "time": "2026-11-24T00:00:00Z",
            "region": "us-east-1", "resources": [], "detail-type": "PriceChanged",
            "detail": {"sku": "A", "price": {"amount": 100, "currency": "USD"}, "version": 3},
        });
        let fact: Fact = serde_json::from_value(event).unwrap();
        let price = Money::usd(100).unwrap();
        assert_eq!(fact, Fact::PriceChanged(PriceChanged { sku: "A".parse().unwrap(), price, version: 3 }));
        assert!(serde_json::from_value::<Fact>(json!({"detail-type": "OrderPlaced", "detail": {}})).is_err());
    }
}
