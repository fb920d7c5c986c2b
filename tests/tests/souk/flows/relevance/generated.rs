//! Products made by a rule, as many as one likes, in tables of this process and an index of their own.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp};
use reqwest::{Client, Method};
use serde::Serialize;
use serde_json::{Value, json};
use souk_domain::money::Currency;
use souk_dynamo::Table;
use souk_search::{Action, CurrentSynonyms, CursorKey, Keeper, ProductPage, Search, SearchIndex};
use tokio::sync::Mutex;

use super::{catalogue::SHARDS, opensearch};
use crate::support::fresh;

/// Long enough for what takes seconds.
const LONG: Duration = Duration::from_secs(300);
pub const COLOURS: [&str; 5] = ["red", "blue", "green", "black", "white"];
pub const KINDS: [&str; 4] = ["Boots", "Lamps", "Scarves", "Tables"];

/// A shop of generated products.
pub struct Generated {
    pub name: String,
    pub index: SearchIndex,
    pub keeper: Keeper,
    pub search: Search,
    table: Table,
    /// What its pages say, by product.
    pub pages: Arc<Mutex<BTreeMap<u64, ProductPage>>>,
}

#[derive(Serialize)]
struct Stored<'a> {
    pk: String,
    #[serde(flatten)]
    page: &'a ProductPage,
}

/// Numbers that look random and are the same each time.
pub struct Dice(pub u64);

impl Dice {
    /// A number below this one.
    pub fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }
}

/// A product as it is at this revision: one to three variants, each with a colour, a size, a price and stock.
pub fn page(number: u64, revision: u64) -> ProductPage {
    let seed = (number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ revision.wrapping_mul(0xD1B5_4A32_D192_ED03);
    let mut dice = Dice(seed | 1);
    dice.below(7);
    let id = format!("g-{number}");
    let kind = KINDS[(number % 4) as usize];
    let skus: Vec<_> = (0..=dice.below(3)).map(|variant| format!("{id}-{variant}")).collect();
    let variants: Vec<_> = skus
        .iter()
        .map(|sku| {
            let (colour, size) = (COLOURS[dice.below(5) as usize], ["S", "M", "L"][dice.below(3) as usize]);
            let litres = (number + sku.len() as u64) % 50;
            json!({ "sku": sku, "title": colour, "attributes": { "colour": colour, "size": size, "litres": litres } })
        })
        .collect();
    let prices: BTreeMap<_, _> = skus
        .iter()
        .filter_map(|sku| {
            let price = json!({ "price": { "amount": 100 + dice.below(20) * 100, "currency": "USD" }, "version": 1 });
            (dice.below(12) > 0).then_some((sku, price))
        })
        .collect();
    let availability: BTreeMap<_, _> =
        skus.iter().map(|sku| (sku, json!({ "available": dice.below(3), "version": 1 }))).collect();
    let seller = format!("s-{}", number % 7);
    let condition = ["new", "refurbished", "used_good"][(number % 3) as usize];
    let every = |nth: u64, name: &str| number.is_multiple_of(nth).then(|| name.to_owned());
    let tags: Vec<_> = [every(3, "eco"), every(5, "gift")].into_iter().flatten().collect();
    let (gifts, summer) = (every(6, "gifts"), every(4, "summer"));
    let way =
        |id: &str, name: &str| json!([{ "category_id": "all", "name": "All" }, { "category_id": id, "name": name }]);
    let further: BTreeMap<_, _> = gifts
        .iter()
        .map(|id| (id, json!({ "category_id": id, "tree_revision": 1, "names": way(id, "Gifts") })))
        .collect();
    let collections: BTreeMap<_, _> =
        summer.iter().map(|id| (id, json!({ "version": 1, "name": "Summer | Sun" }))).collect();
    serde_json::from_value(json!({
        "product_id": id, "revision": revision, "catalog_version": revision,
        "product": {
            "product_id": id, "version": revision, "title": format!("Plain {kind}"), "description": "As made by a rule.",
            "category_id": kind.to_lowercase(), "seller_id": seller, "variants": variants,
            "rating": { "average": dice.below(50) as f64 / 10.0, "count": dice.below(4) * 10 },
            "attributes": { "brand": format!("brand {}", number % 30) },
            "further_category_ids": gifts.iter().collect::<Vec<_>>(), "tags": tags,
            "collection_ids": summer.iter().collect::<Vec<_>>(), "brand": format!("Maker {}", number % 40),
            "condition": condition,
            "created_at": Timestamp::from_second(1_800_000_000 + dice.below(50) as i64).unwrap(),
        },
        "category": {
            "category_id": kind.to_lowercase(), "tree_revision": 1,
            "names": way(&kind.to_lowercase(), kind),
            "attributes": { "litres": { "is_number": true, "unit": "l", "is_facet": true } },
        },
        "further": further, "collections": collections,
        "seller": { "seller_id": seller, "version": 1, "name": format!("Seller {}", number % 7) },
        "prices": prices, "availability": availability, "known_skus": skus,
    }))
    .unwrap()
}

impl Generated {
    /// So many products, in an index that a reindex of so many parts has filled.
    pub async fn of(products: u64, parts: u32) -> Self {
        let made = Self::unindexed(products, parts).await;
        let report = made.keeper.reindex(Instant::now() + LONG).await.unwrap();
        assert!(report.done, "{report:?}");
        made
    }

    /// So many products, and no index yet.
    pub async fn unindexed(products: u64, parts: u32) -> Self {
        let client = souk_testkit::dynamodb::with_tables_of("discovery").await.unwrap();
        let table = Table::new(client, "ProductPagesTable");
        let name = fresh("generated");
        let index = SearchIndex::unsigned(opensearch()).unwrap().searching(&name);
        let pages = souk_search::Pages::new(table.clone());
        let keeper = Keeper::new(pages, index.clone(), SignedDuration::ZERO, parts, SHARDS);
        let search = Search::new(
            index.clone(),
            CurrentSynonyms::built_in(),
            CursorKey::new("the key of these tests"),
            Currency::USD,
        );
        let made = Self { name, index, keeper, search, table, pages: Arc::default() };
        for number in 0..products {
            made.keep(number, page(number, 1)).await;
        }
        made
    }

    /// Writes a page, but not its document.
    pub async fn keep(&self, number: u64, page: ProductPage) {
        self.table.put(&Stored { pk: format!("product#{}", page.product_id), page: &page }).await.unwrap();
        self.pages.lock().await.insert(number, page);
    }

    /// Writes a page and its document, as the stream does.
    pub async fn change(&self, number: u64, page: ProductPage) {
        let action = page.action();
        self.keep(number, page).await;
        assert_eq!(self.index.write(&[action]).await.unwrap(), []);
    }

    /// Takes a product out of the catalogue.
    pub async fn delete(&self, number: u64) {
        let mut page = self.pages.lock().await[&number].clone();
        (page.product, page.revision) = (None, page.revision + 1);
        self.change(number, page).await;
    }

    /// What OpenSearch answers.
    pub async fn opensearch(&self, method: Method, path: &str, body: Option<&Value>) -> Value {
        let request = Client::new().request(method, format!("{}/{path}", opensearch()));
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        request.send().await.unwrap().json().await.unwrap()
    }

    /// What was written is found from now on.
    pub async fn refresh(&self) {
        self.opensearch(Method::POST, &format!("{}/_refresh", self.name), None).await;
    }

    /// The index that is searched, and all that there are.
    pub async fn indices(&self) -> (Vec<String>, Vec<String>) {
        let all = self.opensearch(Method::GET, &format!("{}-*/_alias", self.name), None).await;
        let all = all.as_object().unwrap();
        let live = all.iter().filter(|(_, index)| !index["aliases"][&self.name].is_null());
        (live.map(|(name, _)| name.clone()).collect(), all.keys().cloned().collect())
    }

    /// The versions of all documents of the index that is searched.
    pub async fn documents(&self) -> BTreeMap<String, u64> {
        self.refresh().await;
        let all = json!({ "size": 10_000, "version": true, "_source": false });
        let answer = self.opensearch(Method::POST, &format!("{}/_search", self.name), Some(&all)).await;
        let hits = answer["hits"]["hits"].as_array().unwrap_or_else(|| panic!("{answer}"));
        hits.iter().map(|hit| (hit["_id"].as_str().unwrap().to_owned(), hit["_version"].as_u64().unwrap())).collect()
    }

    /// The versions that all documents should have.
    pub async fn expected(&self) -> BTreeMap<String, u64> {
        let pages = self.pages.lock().await;
        let actions = pages.values().map(ProductPage::action);
        let found = actions.filter(|action| matches!(action, Action::Index { .. }));
        found.map(|action| (action.product_id().to_string(), action.version())).collect()
    }

    /// Removes its indices: the OpenSearch is others' too.
    pub async fn end(self) {
        for index in self.indices().await.1 {
            self.opensearch(Method::DELETE, &index, None).await;
        }
    }
}
