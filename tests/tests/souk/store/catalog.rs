use jiff::Timestamp;
use serde_json::{Value, json};
use souk_catalog::{
    Catalog, CategoryDetails, ChangeProductError, DeleteProductError, PreconditionFailure, ProductChange,
    ProductDetails, ProductsOf, Put, PutCategoryError, PutProductError, SellerDetails,
};
use souk_domain::ids::{CategoryId, ProductId};

use super::tables::Tables;

async fn catalog() -> Catalog {
    let catalog = Catalog::new(Tables::of("discovery").await.table("CatalogTable"));
    category(&catalog, "bags", None, None).await.unwrap();
    let seller = SellerDetails { name: "Harbour & Hide".to_owned() };
    assert!(matches!(catalog.put_seller(&"hide".parse().unwrap(), seller, None).await, Ok(Put::Created(_))));
    catalog
}

async fn category(
    catalog: &Catalog,
    id: &str,
    parent: Option<&str>,
    if_match: Option<u64>,
) -> Result<u64, PutCategoryError> {
    let details = CategoryDetails {
        name: id.to_uppercase(),
        parent_id: parent.map(|p| p.parse().unwrap()),
        attributes: Vec::new(),
    };
    match catalog.put_category(&id.parse().unwrap(), details, if_match).await? {
        Put::Created(category) | Put::Changed(category) | Put::Unchanged(category) => Ok(category.version),
    }
}

fn details(title: &str, skus: &[&str]) -> ProductDetails {
    let variants: Vec<Value> = skus.iter().map(|sku| json!({ "sku": sku })).collect();
    let body = json!({
        "title": title, "description": "", "category_id": "bags", "seller_id": "hide",
        "rating": { "average": 4.37, "count": 12 }, "attributes": { "litres": 22, "weight": 0.85, "vegan": false },
        "variants": variants,
    });
    serde_json::from_value(body).unwrap()
}

fn id(text: &str) -> ProductId {
    text.parse().unwrap()
}

fn version(put: Put<souk_catalog::Product>) -> u64 {
    match put {
        Put::Created(product) | Put::Changed(product) | Put::Unchanged(product) => product.version,
    }
}

#[tokio::test]
async fn invariant_i5_a_products_version_only_rises_through_deletion_and_return() {
    let catalog = catalog().await;
    let (p, now) = (id("p-1"), Timestamp::now());
    let created = catalog.put_product(&p, details("A", &["S-1"]), None, now).await.unwrap();
    assert!(matches!(&created, Put::Created(product) if product.version == 1));
    let same = catalog.put_product(&p, details("A", &["S-1"]), Some(1), now).await.unwrap();
    assert!(matches!(&same, Put::Unchanged(product) if product.version == 1), "{same:?}");
    let changed = catalog.put_product(&p, details("B", &["S-1", "S-2"]), Some(1), now).await.unwrap();
    assert!(matches!(&changed, Put::Changed(product) if product.version == 2));
    let gone = catalog.delete_product(&p, Some(1), now).await.unwrap_err();
    assert!(matches!(gone, DeleteProductError::Precondition(PreconditionFailure::Stale { present: 2 })));
    catalog.delete_product(&p, Some(2), now).await.unwrap();
    assert_eq!(catalog.product(&p).await.unwrap(), None);
    assert!(matches!(catalog.delete_product(&p, Some(3), now).await, Err(DeleteProductError::NotFound)));
    let back = catalog.put_product(&p, details("A", &["S-1"]), None, now).await.unwrap();
    assert!(matches!(&back, Put::Created(product) if product.version == 4), "{back:?}");
}

#[tokio::test]
async fn a_change_that_has_not_seen_the_present_version_is_refused() {
    let catalog = catalog().await;
    let (p, now) = (id("p-1"), Timestamp::now());
    catalog.put_product(&p, details("A", &["S-1"]), None, now).await.unwrap();
    let blind = catalog.put_product(&p, details("B", &["S-1"]), None, now).await.unwrap_err();
    assert!(matches!(blind, PutProductError::Precondition(PreconditionFailure::Missing { present: 1 })));
    let stale = catalog.put_product(&p, details("B", &["S-1"]), Some(9), now).await.unwrap_err();
    assert!(matches!(stale, PutProductError::Precondition(PreconditionFailure::Stale { present: 1 })));
    let early = catalog.put_product(&id("p-2"), details("B", &["S-2"]), Some(1), now).await.unwrap_err();
    assert!(matches!(early, PutProductError::Precondition(PreconditionFailure::Absent)));
}

#[tokio::test]
async fn a_sku_belongs_to_its_product_for_good() {
    let catalog = catalog().await;
    let now = Timestamp::now();
    catalog.put_product(&id("p-1"), details("A", &["S-1", "S-2"]), None, now).await.unwrap();
    let refused = |error: PutProductError, wanted: &str| match error {
        PutProductError::SkuTaken { sku, product_id } => {
            assert_eq!((sku.as_str(), product_id.as_str()), (wanted, "p-1"));
        }
        other => panic!("{other:?}"),
    };
    let other = id("p-2");
    refused(catalog.put_product(&other, details("B", &["S-3", "S-2"]), None, now).await.unwrap_err(), "S-2");
    assert_eq!(catalog.product(&other).await.unwrap(), None, "nothing of a refused product is written");
    // Neither withdrawing the SKU nor deleting its product sets it free.
    catalog.put_product(&id("p-1"), details("A", &["S-1"]), Some(1), now).await.unwrap();
    refused(catalog.put_product(&other, details("B", &["S-2"]), None, now).await.unwrap_err(), "S-2");
    catalog.delete_product(&id("p-1"), Some(2), now).await.unwrap();
    refused(catalog.put_product(&other, details("B", &["S-1"]), None, now).await.unwrap_err(), "S-1");
    // The refused product's own new SKU was not burnt.
    catalog.put_product(&id("p-3"), details("C", &["S-3"]), None, now).await.unwrap();
    // Its own product may have it back.
    assert_eq!(version(catalog.put_product(&id("p-1"), details("A", &["S-2"]), None, now).await.unwrap()), 4);
}

#[tokio::test]
async fn category_and_seller_must_exist() {
    let catalog = catalog().await;
    let with = |field: &str| {
        let mut body = serde_json::to_value(details("A", &["S-1"])).unwrap();
        body[field] = json!("nowhere");
        serde_json::from_value::<ProductDetails>(body).unwrap()
    };
    let (p, now) = (id("p-1"), Timestamp::now());
    let unknown = async |details| match catalog.put_product(&p, details, None, now).await {
        Err(PutProductError::Unknown(unknown)) => unknown.into_iter().map(|unknown| unknown.field).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(unknown(with("category_id")).await, ["category_id"]);
    assert_eq!(unknown(with("seller_id")).await, ["seller_id"]);
    let mut placed = details("A", &["S-1"]);
    placed.further_category_ids = ["hats", "nowhere"].map(|id| id.parse().unwrap()).into();
    placed.collection_ids = ["summer", "never"].map(|id| id.parse().unwrap()).into();
    category(&catalog, "hats", None, None).await.unwrap();
    collection(&catalog, "summer", "Summer", None).await;
    assert_eq!(unknown(placed).await, ["further_category_ids[1]", "collection_ids[1]"]);
}

async fn collection(catalog: &Catalog, id: &str, name: &str, if_match: Option<u64>) -> u64 {
    let details = serde_json::from_value(json!({ "name": name })).unwrap();
    match catalog.put_collection(&id.parse().unwrap(), details, if_match).await.unwrap() {
        Put::Created(put) | Put::Changed(put) | Put::Unchanged(put) => put.version,
    }
}

async fn listed(catalog: &Catalog, of: &ProductsOf) -> Vec<String> {
    let (mut listed, mut after) = (Vec::new(), None);
    loop {
        let page = catalog.products_of(of, after.as_ref(), 1).await.unwrap();
        listed.extend(page.product_ids.iter().map(ToString::to_string));
        after = page.next;
        if after.is_none() {
            return listed;
        }
    }
}

#[tokio::test]
async fn a_product_is_listed_wherever_it_stands_and_nowhere_else() {
    let (catalog, now) = (catalog().await, Timestamp::now());
    category(&catalog, "gifts", None, None).await.unwrap();
    assert_eq!(collection(&catalog, "summer", "Summer", None).await, 1);
    assert_eq!(collection(&catalog, "summer", "Sun", Some(1)).await, 2);
    let [bags, gifts] = ["bags", "gifts"].map(|id| ProductsOf::Category(id.parse().unwrap()));
    let summer = ProductsOf::Collection("summer".parse().unwrap());
    let with = |further: &[&str], collections: &[&str]| {
        let mut details = details("A", &["S-1"]);
        details.further_category_ids = further.iter().map(|id| id.parse().unwrap()).collect();
        details.collection_ids = collections.iter().map(|id| id.parse().unwrap()).collect();
        details
    };
    let none: [&str; 0] = [];
    catalog.put_product(&id("p-1"), with(&["gifts"], &["summer"]), None, now).await.unwrap();
    let mut other = details("B", &["S-2"]);
    other.category_id = "gifts".parse().unwrap();
    catalog.put_product(&id("p-2"), other, None, now).await.unwrap();
    assert_eq!(listed(&catalog, &bags).await, ["p-1"]);
    assert_eq!(listed(&catalog, &gifts).await, ["p-1", "p-2"], "page by page, whatever it is to them");
    assert_eq!(listed(&catalog, &summer).await, ["p-1"]);
    catalog.put_product(&id("p-1"), with(&[], &["summer"]), Some(1), now).await.unwrap();
    assert_eq!(listed(&catalog, &gifts).await, ["p-2"]);
    catalog.put_product(&id("p-1"), with(&["gifts"], &[]), Some(2), now).await.unwrap();
    assert_eq!(listed(&catalog, &gifts).await, ["p-1", "p-2"]);
    assert_eq!(listed(&catalog, &summer).await, none);
    catalog.delete_product(&id("p-1"), Some(3), now).await.unwrap();
    assert_eq!(listed(&catalog, &bags).await, none);
    assert_eq!(listed(&catalog, &gifts).await, ["p-2"]);
    catalog.put_product(&id("p-1"), with(&["gifts"], &["summer"]), None, now).await.unwrap();
    assert_eq!(listed(&catalog, &gifts).await, ["p-1", "p-2"]);
    assert_eq!(listed(&catalog, &summer).await, ["p-1"]);
}

#[tokio::test]
async fn a_products_attributes_are_judged_by_its_category_and_those_above_when_it_is_put() {
    let (catalog, now) = (catalog().await, Timestamp::now());
    category(&catalog, "packs", Some("bags"), None).await.unwrap();
    let define = async |id: &str, parent: Option<&str>, version: u64, attributes: Value| {
        let details = json!({ "name": id, "parent_id": parent, "attributes": attributes });
        let details = serde_json::from_value(details).unwrap();
        catalog.put_category(&id.parse().unwrap(), details, Some(version)).await.unwrap();
    };
    let with = |attributes: Value| {
        let mut body = serde_json::to_value(details("A", &["S-1"])).unwrap();
        (body["category_id"], body["attributes"]) = (json!("packs"), attributes);
        serde_json::from_value::<ProductDetails>(body).unwrap()
    };
    let old = with(json!({ "litres": "many" }));
    catalog.put_product(&id("p-1"), old.clone(), None, now).await.unwrap();
    let number = json!({ "type": "number", "unit": "l" });
    define("bags", None, 1, json!([{ "name": "litres", "takes": number, "required": true }])).await;
    define("packs", Some("bags"), 1, json!([{ "name": "frame", "takes": { "type": "boolean" } }])).await;
    let refused = async |details, version| match catalog.put_product(&id("p-1"), details, version, now).await {
        Err(PutProductError::Invalid(found)) => found.into_iter().map(|found| found.field).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    // It was put before: it is read, and may be put again as it is, but not be changed without being right.
    assert_eq!(catalog.product(&id("p-1")).await.unwrap().unwrap().details, old);
    assert!(matches!(catalog.put_product(&id("p-1"), old, Some(1), now).await, Ok(Put::Unchanged(_))));
    assert_eq!(refused(with(json!({ "frame": "perhaps" })), Some(1)).await, ["attributes.frame", "attributes.litres"]);
    let written = with(json!({ "litres": "22 l", "frame": "no" }));
    let put = catalog.put_product(&id("p-1"), written.clone(), Some(1), now).await.unwrap();
    let Put::Changed(product) = put else { panic!("{put:?}") };
    let kept = serde_json::to_value(&product.details.attributes).unwrap();
    assert_eq!(kept, json!({ "litres": 22, "frame": false }), "as their types have them");
    let again = catalog.put_product(&id("p-1"), written.clone(), None, now).await.unwrap();
    assert!(matches!(again, Put::Unchanged(_)), "{again:?}");
    // Moved to where nothing is asked of it: the way that was seen before is no longer believed.
    category(&catalog, "hats", None, None).await.unwrap();
    define("packs", Some("hats"), 2, json!([])).await;
    let free = catalog.put_product(&id("p-1"), with(json!({ "litres": "many" })), Some(2), now).await.unwrap();
    assert!(matches!(free, Put::Changed(_)), "{free:?}");
}

#[tokio::test]
async fn a_change_meets_a_product_that_others_change_at_the_same_time() {
    let (catalog, now) = (catalog().await, Timestamp::now());
    catalog.put_product(&id("p-1"), details("A", &["S-1"]), None, now).await.unwrap();
    let change = |tag: String| -> ProductChange { serde_json::from_value(json!({ "add_tags": [tag] })).unwrap() };
    let bags = ProductsOf::Category("bags".parse().unwrap());
    let changes = (0..4).map(|n| {
        let (catalog, change, bags) = (catalog.clone(), change(format!("t{n}")), bags.clone());
        tokio::spawn(async move { catalog.change_product(&id("p-1"), &change, Some(&bags), now).await })
    });
    for changed in changes.collect::<Vec<_>>() {
        assert!(matches!(changed.await.unwrap(), Ok(Put::Changed(_))));
    }
    let product = catalog.product(&id("p-1")).await.unwrap().unwrap();
    let mut tags: Vec<_> = product.details.tags.iter().map(ToString::to_string).collect();
    tags.sort();
    assert_eq!((tags.join(" ").as_str(), product.version), ("t0 t1 t2 t3", 5));
    let again = catalog.change_product(&id("p-1"), &change("T1".to_owned()), None, now).await;
    assert!(matches!(again, Ok(Put::Unchanged(_))), "{again:?}");
    let hats = ProductsOf::Category("hats".parse().unwrap());
    let elsewhere = catalog.change_product(&id("p-1"), &change("new".to_owned()), Some(&hats), now).await;
    assert!(matches!(elsewhere, Ok(Put::Unchanged(_))), "the list was late: {elsewhere:?}");
    let absent = catalog.change_product(&id("p-2"), &change("new".to_owned()), None, now).await;
    assert!(matches!(absent, Err(ChangeProductError::NotFound)), "{absent:?}");
}

/// Stale places are harmless and the limits of a transaction are not: so many are left behind.
#[tokio::test]
async fn the_largest_product_may_change_all_its_skus_and_places_at_once() {
    let (catalog, now) = (catalog().await, Timestamp::now());
    for n in 0..20 {
        category(&catalog, &format!("c{n}"), None, None).await.unwrap();
        collection(&catalog, &format!("k{n}"), "K", None).await;
    }
    let with = |from: usize| {
        let names: Vec<_> = (0..79).map(|n| format!("S-{from}-{n}")).collect();
        let mut details = details("A", &names.iter().map(String::as_str).collect::<Vec<_>>());
        details.further_category_ids = (from..from + 10).map(|n| format!("c{n}").parse().unwrap()).collect();
        details.collection_ids = (from..from + 10).map(|n| format!("k{n}").parse().unwrap()).collect();
        details
    };
    catalog.put_product(&id("p-1"), with(0), None, now).await.unwrap();
    catalog.put_product(&id("p-1"), with(10), Some(1), now).await.unwrap();
    for n in 10..20 {
        let of = ProductsOf::Category(format!("c{n}").parse().unwrap());
        assert_eq!(listed(&catalog, &of).await, ["p-1"]);
    }
}

#[tokio::test]
async fn of_many_who_create_one_product_at_once_one_does() {
    let catalog = catalog().await;
    let puts = (0..16).map(|n| {
        let catalog = catalog.clone();
        tokio::spawn(async move {
            let title = format!("Title {n}");
            catalog.put_product(&id("p-1"), details(&title, &["S-1"]), None, Timestamp::now()).await
        })
    });
    let mut created = 0;
    for put in puts.collect::<Vec<_>>() {
        match put.await.unwrap() {
            Ok(Put::Created(_)) => created += 1,
            Err(PutProductError::Precondition(PreconditionFailure::Missing { .. })) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(created, 1);
}

#[tokio::test]
async fn the_tree_has_no_cycles_and_a_bounded_depth() {
    let catalog = catalog().await;
    category(&catalog, "c2", Some("bags"), None).await.unwrap();
    category(&catalog, "c3", Some("c2"), None).await.unwrap();
    let itself = category(&catalog, "bags", Some("bags"), Some(1)).await;
    assert!(matches!(itself, Err(PutCategoryError::Cycle)), "{itself:?}");
    let below_itself = category(&catalog, "bags", Some("c3"), Some(1)).await;
    assert!(matches!(below_itself, Err(PutCategoryError::Cycle)), "{below_itself:?}");
    let nowhere = category(&catalog, "c4", Some("nowhere"), None).await;
    assert!(matches!(nowhere, Err(PutCategoryError::UnknownParent)), "{nowhere:?}");
    for level in 4..=8 {
        category(&catalog, &format!("c{level}"), Some(&format!("c{}", level - 1)), None).await.unwrap();
    }
    let ninth = category(&catalog, "c9", Some("c8"), None).await;
    assert!(matches!(ninth, Err(PutCategoryError::TooDeep)), "{ninth:?}");
    category(&catalog, "other", None, None).await.unwrap();
    let pushed_down = category(&catalog, "bags", Some("other"), Some(1)).await;
    assert!(matches!(pushed_down, Err(PutCategoryError::TooDeep)), "{pushed_down:?}");
}

#[tokio::test]
async fn two_moves_at_once_close_no_cycle() {
    let catalog = catalog().await;
    for round in 0..20 {
        let (a, b) = (format!("a{round}"), format!("b{round}"));
        category(&catalog, &a, None, None).await.unwrap();
        category(&catalog, &b, None, None).await.unwrap();
        let under = |child: String, parent: String| {
            let catalog = catalog.clone();
            tokio::spawn(async move { category(&catalog, &child, Some(&parent), Some(1)).await.is_ok() })
        };
        let (first, second) = (under(a.clone(), b.clone()), under(b, a));
        assert!(!(first.await.unwrap() && second.await.unwrap()), "round {round}: each stands below the other");
    }
}

#[tokio::test]
async fn products_are_listed_by_category_and_seller_page_by_page() {
    let catalog = catalog().await;
    for n in 0..5 {
        let (p, sku) = (id(&format!("p-{n}")), format!("S-{n}"));
        catalog.put_product(&p, details("A", &[&sku]), None, Timestamp::now()).await.unwrap();
    }
    catalog.delete_product(&id("p-3"), Some(1), Timestamp::now()).await.unwrap();
    let bags: CategoryId = "bags".parse().unwrap();
    for of in [ProductsOf::Category(bags), ProductsOf::Seller("hide".parse().unwrap())] {
        let mut listed = Vec::new();
        let mut after = None;
        loop {
            let page = catalog.products_of(&of, after.as_ref(), 2).await.unwrap();
            listed.extend(page.product_ids.iter().map(ToString::to_string));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(listed, ["p-0", "p-1", "p-2", "p-4"], "{of:?}");
    }
}
