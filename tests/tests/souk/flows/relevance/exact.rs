//! Facets against counting by hand, beyond what an approximation would get right. `SOUK_PRODUCTS=100000` makes more of
//! them; `--nocapture` prints how long it takes.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use souk_search::{Facets, PageProduct, ProductPage, SearchQuery, Sort, Variant};

use super::generated::Generated;

const PRODUCTS: u64 = 3_000;
const ASKED: u32 = 9;

#[tokio::test]
async fn facets_count_products_exactly_with_all_filters_but_their_own() {
    let products = std::env::var("SOUK_PRODUCTS").map_or(PRODUCTS, |text| text.parse().unwrap());
    let began = Instant::now();
    let shop = Generated::of(products, 4).await;
    println!("{products} products: written and indexed in {:?}", began.elapsed());
    for (q, attributes, max_price, in_stock) in [
        (None, vec![], None, false),
        (Some("plain"), vec![], None, false),
        (Some("boots"), vec!["colour=red"], None, true),
        (None, vec!["colour=red", "colour=blue", "size=M"], Some(900), false),
        (Some("lamp"), vec!["brand=brand 1"], Some(1_500), true),
    ] {
        let attributes: Vec<_> = attributes.into_iter().map(|pair: &str| pair.parse().unwrap()).collect();
        let search = SearchQuery {
            q: q.map(str::to_owned),
            attributes,
            max_price,
            in_stock,
            limit: 24,
            sort: Sort::Relevance,
            ..SearchQuery::default()
        };
        let answer = shop.search.search(&search, None).await.unwrap();
        let pages = shop.pages.lock().await;
        let by_hand = ByHand { pages: pages.values().filter(|page| has_word(page, q)).collect(), search: &search };
        assert_eq!(answer.total, by_hand.count(|_, _| true, ""), "{search:?}");
        by_hand.agrees(&answer.facets.unwrap());
        drop(pages);
        let mut took: Vec<Duration> = Vec::new();
        for _ in 0..ASKED {
            shop.refresh().await;
            let began = Instant::now();
            shop.search.search(&search, None).await.unwrap();
            took.push(began.elapsed());
        }
        took.sort();
        println!("  {q:?} {:?}: {} products, p50 {:?}", search.attributes, answer.total, took[took.len() / 2]);
    }
    shop.end().await;
}

/// All words of these searches are of titles that all variants share.
fn has_word(page: &ProductPage, q: Option<&str>) -> bool {
    let title = page.product.as_ref().unwrap().title.to_lowercase();
    q.is_none_or(|q| title.contains(q))
}

struct ByHand<'a> {
    pages: Vec<&'a ProductPage>,
    search: &'a SearchQuery,
}

impl ByHand<'_> {
    /// How many products have a variant that matches this and all filters but those of one facet.
    fn count(&self, is_it: impl Fn(&PageProduct, &Row) -> bool, facet: &str) -> u64 {
        let matches = |page: &&&ProductPage| {
            let product = page.product.as_ref().unwrap();
            let rows = product.variants.iter().map(|variant| Row::of(page, product, variant));
            rows.into_iter().any(|row| self.passes(&row, facet) && is_it(product, &row))
        };
        self.pages.iter().filter(matches).count() as u64
    }

    fn passes(&self, row: &Row, but: &str) -> bool {
        let mut wanted: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for filter in &self.search.attributes {
            wanted.entry(&filter.name).or_default().insert(filter.clone().into());
        }
        let attributes = wanted.iter().all(|(name, pairs)| *name == but || row.pairs.iter().any(|p| pairs.contains(p)));
        let price = self.search.max_price.is_none_or(|most| row.price.is_some_and(|price| price <= most));
        attributes && (price || but == "price") && (!self.search.in_stock || row.in_stock || but == "stock")
    }

    fn agrees(&self, facets: &Facets) {
        for category in &facets.categories {
            let id = category.category_id.as_str();
            let count = self.count(|product, _| id == "all" || product.category_id.as_str() == id, "");
            assert_eq!(category.count, count, "{category:?} of {:?}", self.search);
        }
        for seller in &facets.sellers {
            let count = self.count(|product, _| product.seller_id.as_str() == seller.seller_id, "");
            assert_eq!(seller.count, count, "{seller:?} of {:?}", self.search);
        }
        for rating in &facets.ratings {
            let is_it = |product: &PageProduct, _: &Row| {
                product.rating.is_some_and(|rated| rated.average >= rating.min_rating as f64)
            };
            assert_eq!(rating.count, self.count(is_it, ""), "{rating:?} of {:?}", self.search);
        }
        for range in &facets.prices {
            let is_it = |_: &PageProduct, row: &Row| {
                row.price
                    .is_some_and(|price| price >= range.min_price && range.max_price.is_none_or(|most| price <= most))
            };
            assert_eq!(range.count, self.count(is_it, "price"), "{range:?} of {:?}", self.search);
        }
        assert!(facets.attributes.len() >= 3, "{:?}", facets.attributes);
        for attribute in &facets.attributes {
            for value in &attribute.values {
                let pair = format!("{}={}", attribute.name, value.value);
                let count = self.count(|_, row| row.pairs.contains(&pair), &attribute.name);
                assert_eq!(value.count, count, "{pair} of {:?}", self.search);
            }
        }
        assert_eq!(facets.in_stock, self.count(|_, row| row.in_stock, "stock"), "{:?}", self.search);
    }
}

struct Row {
    pairs: BTreeSet<String>,
    price: Option<i64>,
    in_stock: bool,
}

impl Row {
    fn of(page: &ProductPage, product: &PageProduct, variant: &Variant) -> Self {
        let pairs = product.attributes.iter().chain(&variant.attributes);
        Self {
            pairs: pairs.map(|(name, value)| format!("{name}={}", value.as_str().unwrap())).collect(),
            price: page.prices.get(&variant.sku).map(|fact| fact.price.amount()),
            in_stock: page.availability.get(&variant.sku).is_some_and(|fact| fact.available > 0),
        }
    }
}
