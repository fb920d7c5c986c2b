use std::time::{Duration, Instant};

use futures_util::{StreamExt as _, stream};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Rows, Shop, eventually, fresh, stack};

/// So many products a short run has; `SOUK_RENAMED` says another number.
const PRODUCTS: usize = 2_000;
/// Ten thousand products show a new name within this.
const WITHIN: Duration = Duration::from_secs(60);
/// Products are put in requests of so many.
const ROWS: usize = 100;
const REQUESTS_AT_ONCE: usize = 4;
/// How long it may take until as many products as one asks for are there at all, each.
const PLANTED: Duration = Duration::from_millis(60);
const AT_LEAST: Duration = Duration::from_secs(60);

/// A category's new name reaches the pages and the search of all its products, and how far it is can be read.
#[tokio::test]
async fn a_category_of_many_products_is_renamed_within_a_minute() {
    let products = std::env::var("SOUK_RENAMED").map_or(PRODUCTS, |text| text.parse().unwrap());
    let operator = stack().sign_in("operator").await;
    let shop = Shop::open(&operator).await;
    let began = Instant::now();
    plant(&shop, products).await;
    let planted = AT_LEAST + PLANTED * u32::try_from(products).unwrap();
    shown(&shop, "Backpacks", products, planted).await;
    println!("{products} products put and found in {:.1?}", began.elapsed());
    let began = Instant::now();
    let path = format!("/admin/categories/{}", shop.category_id);
    let renamed =
        operator.send(Method::PUT, &path, &[("if-match", "\"1\"")], Some(json!({ "name": "Rucksacks" }))).await;
    renamed.expect(200);
    let written = async {
        let report = reported(&shop.category_id, WITHIN.max(planted)).await;
        (report, began.elapsed())
    };
    let found = async {
        shown(&shop, "Rucksacks", products, WITHIN.max(planted)).await;
        began.elapsed()
    };
    let ((report, written), found) = tokio::join!(written, found);
    println!("a rename of {products} products: pages {written:.1?}, search {found:.1?}; {report}");
    assert_eq!(
        (&report["listed"], &report["done"], &report["failed"]),
        (&json!(products), &json!(products), &json!(0))
    );
    let bound = WITHIN.mul_f64((products as f64 / 10_000.0).max(1.0));
    assert!(found.max(written) <= bound, "{found:?}, {written:?}");
}

async fn plant(shop: &Shop, products: usize) {
    let rows: Vec<Value> = (0..products)
        .map(|_| {
            let id = fresh("prod");
            json!({ "product_id": id, "product": shop.product("Leather Backpack", &[&id]) })
        })
        .collect();
    let put = rows.chunks(ROWS).map(|rows| async move {
        let rows = Rows::put(&shop.operator, "products", rows).await;
        assert!(rows.outcomes().iter().all(|outcome| outcome == "created 1"), "{rows:?}");
    });
    stream::iter(put).buffer_unordered(REQUESTS_AT_ONCE).collect::<Vec<_>>().await;
}

/// Waits until as many documents of the shop's category carry this name of it.
async fn shown(shop: &Shop, name: &str, products: usize, within: Duration) {
    let facet = format!("{}||{name}", shop.category_id);
    let query = json!({ "query": { "term": { "category_facets": facet } } });
    eventually(name, within, || async {
        let answer = stack().opensearch(Method::POST, "/products/_count", Some(query.clone())).await;
        (answer["count"] == products).then_some(())
    })
    .await;
}

/// What is told of the rename once it is done.
async fn reported(category_id: &str, within: Duration) -> Value {
    let rename = format!("category#{category_id}@2");
    eventually("told to be done", within, || async {
        let told = stack().job("RenameProgress").await;
        let report = told["renames"].as_array().unwrap().iter().find(|report| report["rename"] == rename.as_str())?;
        (report["state"] == "done").then(|| report.clone())
    })
    .await
}
