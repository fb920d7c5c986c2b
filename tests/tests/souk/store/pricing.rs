use souk_domain::{
    ids::Sku,
    money::{Currency, Money},
    quantity::Quantity,
};
use souk_pricing::{
    CatalogFact, FactOutcome, Offer, PriceError, PricedSku, Prices, RecentOffers, SetPriceOutcome, Terms,
};

use super::{at, tables::Tables};

async fn prices() -> Prices {
    Prices::new(Tables::of("transactions").await.table("PricesTable"), Currency::USD)
}

fn sku(text: &str) -> Sku {
    text.parse().unwrap()
}

fn usd(amount: i64) -> Money {
    Money::usd(amount).unwrap()
}

fn listed(title: &str) -> CatalogFact {
    CatalogFact::Listed { title: title.to_owned(), variant: None }
}

#[tokio::test]
async fn a_price_is_created_once_and_changed_only_in_the_version_that_was_seen() {
    let prices = prices().await;
    let a = sku("a");
    let at = |amount, version| PricedSku { sku: sku("a"), price: usd(amount), max_per_order: None, version };
    assert_eq!(prices.set(&a, Terms::at(usd(100)), Some(1)).await.unwrap(), SetPriceOutcome::Stale(None));
    assert_eq!(prices.set(&a, Terms::at(usd(100)), None).await.unwrap(), SetPriceOutcome::Created(at(100, 1)));
    assert_eq!(prices.set(&a, Terms::at(usd(100)), None).await.unwrap(), SetPriceOutcome::Unchanged(at(100, 1)));
    assert_eq!(prices.set(&a, Terms::at(usd(200)), None).await.unwrap(), SetPriceOutcome::VersionNeeded(at(100, 1)));
    assert_eq!(prices.set(&a, Terms::at(usd(200)), Some(1)).await.unwrap(), SetPriceOutcome::Changed(at(200, 2)));
    assert_eq!(prices.set(&a, Terms::at(usd(300)), Some(1)).await.unwrap(), SetPriceOutcome::Stale(Some(at(200, 2))));
    assert_eq!(prices.set(&a, Terms::at(usd(200)), Some(2)).await.unwrap(), SetPriceOutcome::Unchanged(at(200, 2)));
    assert_eq!(prices.get(&a).await.unwrap(), Some(at(200, 2)));
}

#[tokio::test]
async fn of_many_who_change_one_version_one_does() {
    let prices = prices().await;
    assert!(matches!(prices.set(&sku("a"), Terms::at(usd(99)), None).await.unwrap(), SetPriceOutcome::Created(_)));
    let puts: Vec<_> = (0..16)
        .map(|n| {
            let prices = prices.clone();
            tokio::spawn(async move { prices.set(&sku("a"), Terms::at(usd(100 + n)), Some(1)).await.unwrap() })
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
    assert!(matches!(prices.set(&a, Terms::at(usd(100)), None).await.unwrap(), SetPriceOutcome::Created(_)));
    assert_eq!(prices.record_fact(&a, 4, &CatalogFact::Withdrawn).await.unwrap(), FactOutcome::Recorded);
    assert_eq!(prices.get_many([&a]).await.unwrap()[&a].sellable_at(), None);
    assert_eq!(prices.record_fact(&a, 5, &listed("back")).await.unwrap(), FactOutcome::Recorded);
    let back = prices.get_many([&a]).await.unwrap().remove(&a).unwrap();
    assert_eq!((back.sellable_at(), back.title.as_deref()), (Some(usd(100)), Some("back")));
}

#[tokio::test]
async fn what_cannot_be_paid_here_is_no_price_and_nothing_is_written() {
    let prices = prices().await;
    let a = sku("a");
    let refused = async |amount, code: &str, seen| {
        let price = Money::new(amount, code.parse().unwrap()).unwrap();
        let SetPriceOutcome::Refused(why) = prices.set(&a, Terms::at(price), seen).await.unwrap() else {
            panic!("it is set")
        };
        why
    };
    assert!(matches!(refused(49, "USD", None).await, PriceError::Unpayable(_)));
    assert!(matches!(refused(0, "USD", None).await, PriceError::Unpayable(_)), "nothing is free");
    assert_eq!(refused(5_000, "EUR", None).await, PriceError::OtherCurrency(Currency::USD));
    assert_eq!(prices.get(&a).await.unwrap(), None);
    assert!(matches!(prices.set(&a, Terms::at(usd(50)), None).await.unwrap(), SetPriceOutcome::Created(_)));
    assert!(matches!(refused(49, "USD", Some(1)).await, PriceError::Unpayable(_)));
    assert_eq!(prices.get(&a).await.unwrap().map(|priced| priced.version), Some(1));
}

#[tokio::test]
async fn how_much_one_order_may_have_is_set_and_taken_away_with_the_price() {
    let prices = prices().await;
    let a = sku("a");
    let terms =
        |most: Option<u32>| Terms { price: usd(900), max_per_order: most.map(|most| Quantity::new(most).unwrap()) };
    let most = async || prices.get_many([&a]).await.unwrap()[&a].max_per_order.map(Quantity::get);
    assert!(matches!(prices.set(&a, terms(Some(2)), None).await.unwrap(), SetPriceOutcome::Created(_)));
    assert_eq!(most().await, Some(2));
    assert!(matches!(prices.set(&a, terms(Some(2)), Some(1)).await.unwrap(), SetPriceOutcome::Unchanged(_)));
    assert!(matches!(prices.set(&a, terms(Some(3)), Some(1)).await.unwrap(), SetPriceOutcome::Changed(_)));
    assert_eq!(most().await, Some(3));
    assert!(matches!(prices.set(&a, terms(Some(3)), None).await.unwrap(), SetPriceOutcome::Unchanged(_)));
    assert!(matches!(prices.set(&a, terms(None), Some(2)).await.unwrap(), SetPriceOutcome::Changed(_)));
    assert_eq!(most().await, None);
    assert!(matches!(prices.set(&a, terms(None), Some(3)).await.unwrap(), SetPriceOutcome::Unchanged(_)));
}

#[tokio::test]
async fn what_was_priced_in_another_currency_is_not_for_sale() {
    let table = Tables::of("transactions").await.table("PricesTable");
    let (dollars, yen) = (Prices::new(table.clone(), Currency::USD), Prices::new(table, "JPY".parse().unwrap()));
    let a = sku("a");
    let _recorded = dollars.record_fact(&a, 1, &listed("A")).await.unwrap();
    let _created = dollars.set(&a, Terms::at(usd(900)), None).await.unwrap();
    assert_eq!(dollars.get_many([&a]).await.unwrap()[&a].sellable_at(), Some(usd(900)));
    assert_eq!(yen.get_many([&a]).await.unwrap()[&a].sellable_at(), None);
}

#[tokio::test]
async fn what_no_product_has_or_whose_product_is_withdrawn_is_not_for_sale() {
    let prices = prices().await;
    let a = sku("a");
    let sold_as = async || prices.get_many([&a]).await.unwrap().remove(&a).unwrap();
    let _created = prices.set(&a, Terms::at(usd(900)), None).await.unwrap();
    assert_eq!((sold_as().await.sellable_at(), sold_as().await.is_unknown()), (None, true), "a slip of the pen");
    let fact = CatalogFact::Listed { title: "Bag".to_owned(), variant: Some("Black".to_owned()) };
    let _recorded = prices.record_fact(&a, 1, &fact).await.unwrap();
    assert_eq!((sold_as().await.sellable_at(), sold_as().await.variant.as_deref()), (Some(usd(900)), Some("Black")));
    let _recorded = prices.record_fact(&a, 2, &listed("Bag")).await.unwrap();
    assert_eq!(sold_as().await.variant, None, "nothing sets it apart any more");
    let recent = RecentOffers::new(prices.clone());
    assert!(recent.get(&a, at(0)).await.unwrap().is_listed());
    let _recorded = prices.record_fact(&a, 3, &CatalogFact::Withdrawn).await.unwrap();
    assert_eq!((sold_as().await.sellable_at(), sold_as().await.is_unknown()), (None, false));
    assert!(recent.get(&a, at(4)).await.unwrap().is_listed(), "as it was four seconds ago");
    assert!(!recent.get(&a, at(5)).await.unwrap().is_listed());
}

#[tokio::test]
async fn every_sku_that_is_asked_for_is_answered_also_beyond_one_batch() {
    let prices = prices().await;
    let skus: Vec<Sku> = (0..130).map(|n| sku(&format!("s{n}"))).collect();
    for (n, one) in skus.iter().enumerate().filter(|(n, _)| n % 2 == 0) {
        let _created = prices.set(one, Terms::at(usd(n as i64 + 100)), None).await.unwrap();
    }
    let twice = skus.iter().chain(&skus);
    let offers = prices.get_many(twice).await.unwrap();
    assert_eq!(offers.len(), 130);
    assert_eq!(offers[&sku("s128")].price, Some(usd(228)));
    assert_eq!(offers[&sku("s129")], Offer::default());
    assert!(prices.get_many([]).await.unwrap().is_empty());
}
