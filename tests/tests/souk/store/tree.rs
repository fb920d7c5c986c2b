//! The tree of categories, large and old, and what it costs to join a page with it.

use std::time::Instant;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::{Value, json};
use souk_domain::ids::CategoryId;
use souk_dynamo::{Item, Table};
use souk_search::{PageProduct, Pages, ProductPage};

use super::{
    meter::{Meter, units},
    tables::Tables,
};

/// So many categories with names of this length were more than an item holds.
const CATEGORIES: usize = 4_500;
const LONG: usize = 90;
/// So many of them fitted.
const FITTED: usize = 2_700;

fn id(n: usize) -> CategoryId {
    format!("category-{n:05}").parse().unwrap()
}

fn name(n: usize) -> String {
    format!("{n:05} {}", "x".repeat(LONG - 6))
}

/// Each stands below the one with a tenth of its number.
fn parent(n: usize) -> Option<usize> {
    (n > 0).then_some(n / 10)
}

/// From the root down.
fn way(n: usize) -> Vec<usize> {
    let mut way: Vec<_> = std::iter::successors(Some(n), |n| parent(*n)).collect();
    way.reverse();
    way
}

async fn plant(pages: &Pages) {
    let record = async |n: usize| {
        pages.record_category(&id(n), &name(n), parent(n).map(id).as_ref(), 1).await?;
        Ok::<_, souk_dynamo::StoreError>(())
    };
    stream::iter((0..CATEGORIES).map(record)).buffer_unordered(16).try_collect::<()>().await.unwrap();
}

fn product(n: usize, category: usize) -> PageProduct {
    let product_id = format!("p-{n}");
    serde_json::from_value(json!({
        "product_id": product_id, "version": 1, "title": "Backpack", "description": "", "category_id": id(category),
        "seller_id": "hide", "variants": [{ "sku": product_id }], "created_at": "2026-11-24T00:00:00Z",
    }))
    .unwrap()
}

async fn page(pages: &Pages, n: usize) -> ProductPage {
    pages.item(&format!("p-{n}").parse().unwrap()).await.unwrap().expect("a page")
}

fn names(page: &ProductPage) -> Vec<String> {
    page.category.iter().flat_map(|path| &path.names).map(|name| name.name.clone()).collect()
}

fn expected(category: usize) -> Vec<String> {
    way(category).into_iter().map(name).collect()
}

#[tokio::test]
async fn a_tree_of_more_than_400_kb_is_whole_on_pages_and_to_browse() {
    let pages = Pages::new(Tables::of("discovery").await.table("ProductPagesTable"));
    plant(&pages).await;
    for (n, category) in [(0, 0), (1, CATEGORIES - 1)] {
        pages.project(&product(n, category)).await.unwrap();
        let page = page(&pages, n).await;
        assert_eq!(names(&page), expected(category));
        assert_eq!(page.category.unwrap().tree_revision, 1, "nothing is missing");
    }
    let tree = pages.browse_tree().await.unwrap();
    assert_eq!(tree.len(), CATEGORIES);
    let last = tree.view_from(&id(CATEGORIES - 1)).unwrap();
    assert_eq!(last.path.unwrap().len(), way(CATEGORIES - 1).len());
    assert_eq!(tree.view().len(), 1, "one root");
}

/// With the tree in one item, the whole of it was read twice.
#[tokio::test]
async fn a_products_page_costs_few_reads_however_large_the_tree_is() {
    let (meter, client) = Meter::to_tables_of("discovery").await;
    let table = Tables::reached_by(client).table("ProductPagesTable");
    let nodes = (0..FITTED).map(|n| {
        let node = json!({ "name": name(n), "parent_id": id(n / 10), "version": 1 });
        (id(n).to_string(), node)
    });
    table.put(&json!({ "pk": "as one item", "revision": 1, "nodes": nodes.collect::<Value>() })).await.unwrap();
    meter.bill();
    let whole: Option<Value> = table.get(&[("pk", "as one item")]).await.unwrap();
    assert!(whole.is_some());
    println!("the tree as one item, {FITTED} categories: {:?}", meter.bill());
    let pages = Pages::new(table);
    plant(&pages).await;
    pages.record_seller(&"hide".parse().unwrap(), "Harbour & Hide", 1).await.unwrap();
    let deep = CATEGORIES - 1;
    for (n, what) in [(0, "cold"), (1, "warm")] {
        meter.bill();
        pages.project(&product(n, deep)).await.unwrap();
        let bill = meter.bill();
        let (written, read) = units(&bill);
        println!("a page at level {}, {what}: {read} units read, {written} written, {bill:?}", way(deep).len());
        assert_eq!(names(&page(&pages, n).await), expected(deep));
        meter.bill();
        assert!(read <= 16.0, "{what}: {bill:?}");
    }
    let began = Instant::now();
    let project = async |n: usize| pages.project(&product(n, n * 7)).await;
    stream::iter((2..502).map(project)).buffer_unordered(16).try_collect::<()>().await.unwrap();
    let (took, read) = (began.elapsed(), units(&meter.bill()).1 / 500.0);
    println!("500 products: {:.0} a second here, {read:.1} units read each", 500.0 / took.as_secs_f64());
    assert!(read <= 14.0, "{read}");
}

fn whole_tree(nodes: &Value) -> Value {
    json!({ "pk": "categories", "revision": 12, "nodes": nodes })
}

async fn raw(table: &Table, key: &str) -> Option<Item> {
    let get = table.client().get_item().table_name(table.name()).key("pk", souk_dynamo::s(key)).consistent_read(true);
    get.send().await.unwrap().item
}

#[tokio::test]
async fn a_tree_that_was_stored_as_one_item_is_read_and_taken_apart() {
    let table = Tables::of("discovery").await.table("ProductPagesTable");
    let nodes = json!({
        "bags": { "name": "Bags", "version": 1 },
        "packs": { "name": "Backpacks", "parent_id": "bags", "version": 3 },
    });
    table.put(&whole_tree(&nodes)).await.unwrap();
    let told = |tree: &souk_search::CategoryTree| tree.view_from(&"packs".parse().unwrap()).unwrap().path.unwrap();
    let browsed = Pages::new(table.clone()).browse_tree().await.unwrap();
    assert_eq!(told(&browsed).len(), 2, "before anything has taken it apart");
    let pages = Pages::new(table.clone());
    // A late record, and one that is newer.
    pages.record_category(&"bags".parse().unwrap(), "Bags & Packs", None, 2).await.unwrap();
    let path = pages.category_path(&"packs".parse().unwrap()).await.unwrap();
    let names: Vec<_> = path.names.iter().map(|name| name.name.as_str()).collect();
    assert_eq!((names, path.tree_revision), (vec!["Bags & Packs", "Backpacks"], 1));
    let left = raw(&table, "categories").await.unwrap();
    assert!(left["nodes"].as_m().unwrap().is_empty(), "{left:?}");
    assert!(raw(&table, "category#packs").await.is_some());
    assert_eq!(told(&Pages::new(table.clone()).browse_tree().await.unwrap()).len(), 2);
    // An instance of the former code adds to it while the deployment goes on.
    let late = json!({ "packs": { "name": "Rucksacks", "parent_id": "bags", "version": 4 } });
    table.put(&whole_tree(&late)).await.unwrap();
    assert!(pages.take_whole_tree_apart().await.unwrap());
    let path = pages.category_path(&"packs".parse().unwrap()).await.unwrap();
    assert_eq!(path.names[1].name, "Rucksacks");
    assert!(!pages.take_whole_tree_apart().await.unwrap());
}

/// As pages were stored, with the revision of the tree that they had been read from.
#[tokio::test]
async fn a_page_of_the_former_tree_takes_every_path_of_the_new_one() {
    let table = Tables::of("discovery").await.table("ProductPagesTable");
    let pages = Pages::new(table.clone());
    let shown =
        json!({ "category_id": "bags", "tree_revision": 4_000, "names": [{ "category_id": "bags", "name": "Bags" }] });
    let item =
        json!({ "pk": "product#p-0", "product_id": "p-0", "revision": 7, "catalog_version": 1, "category": shown });
    table.put(&item).await.unwrap();
    assert!(page(&pages, 0).await.category.unwrap().tree_revision > 0);
    pages.record_category(&"bags".parse().unwrap(), "Satchels", None, 1).await.unwrap();
    let path = pages.category_path(&"bags".parse().unwrap()).await.unwrap();
    pages.refresh_category(&"p-0".parse().unwrap(), &path).await.unwrap();
    let after = page(&pages, 0).await;
    assert_eq!((after.revision, names(&after)), (8, vec!["Satchels".to_owned()]));
}
