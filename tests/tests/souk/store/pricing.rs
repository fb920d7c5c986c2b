use souk_domain::{ids::Sku, money::Money};
use souk_pricing::{CatalogFact, FactOutcome, Offer, PricedSku, Prices, SetPriceOutcome};

use super::tables::Tables;

async fn prices() -> Prices {
    Prices::new(Tables::of("transactions").await.table("PricesTable"))
}

fn sku(text: &str) -> Sku {
    text.parse().unwrap()
}

fn usd(amount: i64) -> Money {
    Money::usd(amount).unwrap()
}

fn listed(title: &str) -> CatalogFact {
    CatalogFact::Listed { title: title.to_owned() }
}

#[tokio::test]
async fn a_price_is_created_once_and_changed_only_in_the_version_that_was_seen() {
    let prices = prices().await;
    let a = sku("a");
    let at = |amount, version| PricedSku { sku: sku("a"), price: usd(amount), version };
    assert_eq!(prices.set(&a, usd(100), Some(1)).await.unwrap(), SetPriceOutcome::Stale(None));
    assert_eq!(prices.set(&a, usd(100), None).await.unwrap(), SetPriceOutcome::Created(at(100, 1)));
    assert_eq!(prices.set(&a, usd(100), None).await.unwrap(), SetPriceOutcome::Unchanged(at(100, 1)));
    assert_eq!(prices.set(&a, usd(200), None).await.unwrap(), SetPriceOutcome::VersionNeeded(at(100, 1)));
    assert_eq!(prices.set(&a, usd(200), Some(1)).await.unwrap(), SetPriceOutcome::Changed(at(200, 2)));
    assert_eq!(prices.set(&a, usd(300), Some(1)).await.unwrap(), SetPriceOutcome::Stale(Some(at(200, 2))));
    assert_eq!(prices.set(&a, usd(200), Some(2)).await.unwrap(), SetPriceOutcome::Unchanged(at(200, 2)));
    assert_eq!(prices.get(&a).await.unwrap(), Some(at(200, 2)));
}

#[tokio::test]
async fn of_many_who_change_one_version_one_does() {
    let prices = prices().await;
    assert!(matches!(prices.set(&sku("a"), usd(1), None).await.unwrap(), SetPriceOutcome::Created(_)));
    let puts: Vec<_> = (0..16)
        .map(|n| {
            let prices = prices.clone();
            tokio::spawn(async move { prices.set(&sku("a"), usd(100 + n), Some(1)).await.unwrap() })
        })
        .collect();
    let mut changed = 0;
    for put in puts {
        match put.await.unwrap() {
            SetPriceOutcome::Changed(_) => changed += 1,
            SetPriceOutcome::Stale(Some(present)) => assert_eq!(present.version, 2),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(changed, 1);
}

#[tokio::test]
async fn what_the_catalog_says_comes_late_twice_and_in_any_order() {
    let prices = prices().await;
    let a = sku("a");
    let title = async || prices.get_many([&a]).await.unwrap()[&a].title.clone();
    assert_eq!(prices.record_fact(&a, 3, &listed("new")).await.unwrap(), FactOutcome::Recorded);
    assert_eq!(prices.record_fact(&a, 2, &listed("old")).await.unwrap(), FactOutcome::Outdated);
    assert_eq!(prices.record_fact(&a, 3, &listed("new")).await.unwrap(), FactOutcome::Outdated);
    assert_eq!(title().await.as_deref(), Some("new"));
    // Heard of, but without a price: it can be shown, not bought, and its first price needs no version.
    assert_eq!(prices.get(&a).await.unwrap(), None);
    assert!(matches!(prices.set(&a, usd(100), None).await.unwrap(), SetPriceOutcome::Created(_)));
    assert_eq!(prices.record_fact(&a, 4, &CatalogFact::Withdrawn).await.unwrap(), FactOutcome::Recorded);
    assert_eq!(prices.get_many([&a]).await.unwrap()[&a].sellable_at(), None);
    assert_eq!(prices.record_fact(&a, 5, &listed("back")).await.unwrap(), FactOutcome::Recorded);
    let back = prices.get_many([&a]).await.unwrap().remove(&a).unwrap();
    assert_eq!((back.sellable_at(), back.title.as_deref()), (Some(usd(100)), Some("back")));
}

#[tokio::test]
async fn every_sku_that_is_asked_for_is_answered_also_beyond_one_batch() {
    let prices = prices().await;
    let skus: Vec<Sku> = (0..130).map(|n| sku(&format!("s{n}"))).collect();
    for (n, one) in skus.iter().enumerate().filter(|(n, _)| n % 2 == 0) {
        let _created = prices.set(one, usd(n as i64 + 1), None).await.unwrap();
    }
    let twice = skus.iter().chain(&skus);
    let offers = prices.get_many(twice).await.unwrap();
    assert_eq!(offers.len(), 130);
    assert_eq!(offers[&sku("s128")].price, Some(usd(129)));
    assert_eq!(offers[&sku("s129")], Offer::default());
    assert!(prices.get_many([]).await.unwrap().is_empty());
}
