//! Facets against counting by hand, beyond what an approximation would get right. `SOUK_PRODUCTS=100000` makes more of
//! them; `--nocapture` prints how long it takes.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use souk_search::{Facets, PageProduct, ProductPage, RangeFilter, SearchQuery, Sort, Variant};

use super::generated::Generated;

const PRODUCTS: u64 = 3_000;
const ASKED: u32 = 9;

#[tokio::test]
async fn facets_count_products_exactly_with_all_filters_but_their_own() {
    let products = std::env::var("SOUK_PRODUCTS").map_or(PRODUCTS, |text| text.parse().unwrap());
    let began = Instant::now();
    let shop = Generated::of(products, 4).await;
    println!("{products} products: written and indexed in {:?}", began.elapsed());
    let none = SearchQuery { limit: 24, sort: Sort::Relevance, ..SearchQuery::default() };
    let with = |q: Option<&str>, attributes: &[&str], max_price: Option<i64>, in_stock: bool| SearchQuery {
        q: q.map(str::to_owned),
        attributes: attributes.iter().map(|pair| pair.parse().unwrap()).collect(),
        max_price,
        in_stock,
        ..none.clone()
    };
    for search in [
        none.clone(),
        with(Some("plain"), &[], None, false),
        with(Some("boots"), &["colour=red"], None, true),
        with(None, &["colour=red", "colour=blue", "size=M"], Some(900), false),
        with(Some("lamp"), &["brand=brand 1"], Some(1_500), true),
        SearchQuery { category: Some("gifts".parse().unwrap()), ..with(Some("plain"), &["size=M"], None, false) },
        SearchQuery { tags: vec!["eco".parse().unwrap(), "gift".parse().unwrap()], ..with(None, &[], None, true) },
        SearchQuery {
            collection: Some("summer".parse().unwrap()),
            brands: vec!["Maker 4".parse().unwrap(), "Maker 8".parse().unwrap()],
            conditions: vec!["used_good".parse().unwrap(), "new".parse().unwrap()],
            ..with(None, &["colour=red"], None, false)
        },
        SearchQuery { ranges: vec!["litres=10..20".parse().unwrap()], ..with(Some("boots"), &[], Some(1_500), false) },
        SearchQuery {
            ranges: vec!["litres=..20".parse().unwrap()],
            sort: Sort::PriceAsc,
            ..with(None, &["size=M"], None, true)
        },
    ] {
        let q = search.q.as_deref();
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
        println!("  {search:?}: {} products, p50 {:?}", answer.total, took[took.len() / 2]);
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
            let mut rows = rows.into_iter();
            self.takes(product, facet) && rows.any(|row| self.passes(&row, facet) && is_it(product, &row))
        };
        self.pages.iter().filter(matches).count() as u64
    }

    /// Whether a product as a whole is what is searched for.
    fn takes(&self, product: &PageProduct, but: &str) -> bool {
        let search = self.search;
        let category = search.category.as_ref().is_none_or(|id| stands_in(product, id.as_str()));
        let collection = search.collection.as_ref().is_none_or(|id| product.collection_ids.contains(id));
        let tags = search.tags.is_empty() || search.tags.iter().any(|tag| product.tags.contains(tag));
        let brands =
            search.brands.is_empty() || product.brand.as_ref().is_some_and(|brand| search.brands.contains(brand));
        let conditions = search.conditions.is_empty() || search.conditions.contains(&product.condition);
        (category || but == "category")
            && (collection || but == "collection")
            && (tags || but == "tag")
            && (brands || but == "the brand")
            && (conditions || but == "condition")
    }

    fn passes(&self, row: &Row, but: &str) -> bool {
        let mut wanted: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for filter in &self.search.attributes {
            wanted.entry(&filter.name).or_default().insert(filter.clone().into());
        }
        let attributes = wanted.iter().all(|(name, pairs)| *name == but || row.pairs.iter().any(|p| pairs.contains(p)));
        let price = self.search.max_price.is_none_or(|most| row.price.is_some_and(|price| price <= most));
        let within = |range: &RangeFilter| {
            row.litres
                .is_some_and(|l| range.least.is_none_or(|least| least <= l) && range.most.is_none_or(|most| l <= most))
        };
        let ranges = but == "litres" || self.search.ranges.iter().all(within);
        attributes && ranges && (price || but == "price") && (!self.search.in_stock || row.in_stock || but == "stock")
    }

    /// What the litres of all variants that match lie between.
    fn numbers(&self) -> (Option<f64>, Option<f64>) {
        let variants = self.pages.iter().flat_map(|page| {
            let product = page.product.as_ref().unwrap();
            let taken = self.takes(product, "litres").then_some(product).into_iter();
            taken.flat_map(|product| product.variants.iter().map(|variant| Row::of(page, product, variant)))
        });
        let litres: Vec<_> = variants.filter(|row| self.passes(row, "litres")).filter_map(|row| row.litres).collect();
        (litres.iter().copied().reduce(f64::min), litres.iter().copied().reduce(f64::max))
    }

    fn agrees(&self, facets: &Facets) {
        for category in &facets.categories {
            let id = category.category_id.as_str();
            let count = self.count(|product, _| stands_in(product, id), "category");
            assert_eq!(category.count, count, "{category:?} of {:?}", self.search);
        }
        for collection in &facets.collections {
            let is_it = |product: &PageProduct, _: &Row| {
                product.collection_ids.iter().any(|id| id.as_str() == collection.collection_id)
            };
            assert_eq!(collection.count, self.count(is_it, "collection"), "{collection:?} of {:?}", self.search);
            assert_eq!(collection.name, "Summer | Sun");
        }
        for tag in &facets.tags {
            let count = self.count(|product, _| product.tags.iter().any(|had| had.as_str() == tag.value), "tag");
            assert_eq!(tag.count, count, "{tag:?} of {:?}", self.search);
        }
        for brand in &facets.brands {
            let is_it =
                |product: &PageProduct, _: &Row| product.brand.as_ref().is_some_and(|had| had.as_str() == brand.value);
            assert_eq!(brand.count, self.count(is_it, "the brand"), "{brand:?} of {:?}", self.search);
        }
        for condition in &facets.conditions {
            let count = self.count(|product, _| product.condition.as_str() == condition.value, "condition");
            assert_eq!(condition.count, count, "{condition:?} of {:?}", self.search);
        }
        assert!(!facets.brands.is_empty() && !facets.conditions.is_empty());
        let litres = self.numbers();
        let [facet] = facets.numbers.as_slice() else { panic!("{:?}", facets.numbers) };
        assert_eq!((facet.name.as_str(), facet.unit.as_deref()), ("litres", Some("l")));
        assert_eq!((Some(facet.least), Some(facet.most)), litres, "{:?}", self.search);
        assert_eq!(facet.count, self.count(|_, row| row.litres.is_some(), "litres"), "{:?}", self.search);
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

fn stands_in(product: &PageProduct, id: &str) -> bool {
    id == "all"
        || product.category_id.as_str() == id
        || product.further_category_ids.iter().any(|further| further.as_str() == id)
}

struct Row {
    pairs: BTreeSet<String>,
    litres: Option<f64>,
    price: Option<i64>,
    in_stock: bool,
}

impl Row {
    fn of(page: &ProductPage, product: &PageProduct, variant: &Variant) -> Self {
        let pairs = product.attributes.iter().chain(&variant.attributes);
        Self {
            pairs: pairs.filter_map(|(name, value)| Some(format!("{name}={}", value.as_str()?))).collect(),
            litres: variant.attributes.get("litres").and_then(serde_json::Value::as_f64),
            price: page.prices.get(&variant.sku).map(|fact| fact.price.amount()),
            in_stock: page.availability.get(&variant.sku).is_some_and(|fact| fact.available > 0),
        }
    }
}
