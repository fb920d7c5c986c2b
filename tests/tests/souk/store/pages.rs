use jiff::Timestamp;
use serde_json::json;
use souk_domain::{
    ids::{ProductId, Sku},
    money::Money,
};
use souk_search::{
    AttributeRule, AttributeRules, AvailabilityFact, CollectionNode, GONE_FOR, Looked, PageProduct, Pages, PriceFact,
    ProductPage,
};

use super::{at, tables::Tables};

async fn pages() -> Pages {
    Pages::new(Tables::of("discovery").await.table("ProductPagesTable"))
}

fn product(version: u64, title: &str, skus: &[&str]) -> PageProduct {
    let variants: Vec<_> = skus.iter().map(|sku| json!({ "sku": sku })).collect();
    serde_json::from_value(json!({
        "product_id": "p-1", "version": version, "title": title, "description": "", "category_id": "packs",
        "seller_id": "hide", "variants": variants, "created_at": Timestamp::UNIX_EPOCH,
    }))
    .unwrap()
}

fn id() -> ProductId {
    "p-1".parse().unwrap()
}

fn price(amount: i64, version: u64) -> PriceFact {
    PriceFact { price: Money::usd(amount).unwrap(), version }
}

fn units(available: u64, version: u64) -> AvailabilityFact {
    AvailabilityFact { available, version }
}

async fn name_everything(pages: &Pages) {
    pages.record_category(&"bags".parse().unwrap(), "Bags", None, 1).await.unwrap();
    pages.record_category(&"packs".parse().unwrap(), "Backpacks", Some(&"bags".parse().unwrap()), 1).await.unwrap();
    pages.record_seller(&"hide".parse().unwrap(), "Harbour & Hide", 1).await.unwrap();
}

async fn page(pages: &Pages) -> ProductPage {
    pages.item(&id()).await.unwrap().expect("a page")
}

fn path(page: &ProductPage) -> Vec<&str> {
    page.category.iter().flat_map(|category| &category.names).map(|name| name.name.as_str()).collect()
}

#[tokio::test]
async fn a_page_joins_names_and_the_facts_that_came_before_it() {
    let pages = pages().await;
    name_everything(&pages).await;
    pages.record_price(&"A".parse().unwrap(), price(1999, 1)).await.unwrap();
    pages.record_availability(&"A".parse().unwrap(), units(3, 5)).await.unwrap();
    pages.project(&product(1, "Backpack", &["A", "B"])).await.unwrap();
    let page = page(&pages).await;
    assert_eq!(path(&page), ["Bags", "Backpacks"]);
    assert_eq!(page.seller.as_ref().and_then(|s| s.name.as_deref()), Some("Harbour & Hide"));
    assert!(!page.is_complete(), "nothing is known of B");
    let view = page.view().unwrap();
    assert_eq!(view.variants[0].price, Some(Money::usd(1999).unwrap()));
    assert_eq!(view.variants[0].availability.label, "Only 3 left");
    assert_eq!((view.variants[1].price, view.variants[1].availability.left), (None, None));
}

#[tokio::test]
async fn facts_that_come_later_reach_the_page_and_late_ones_change_nothing() {
    let pages = pages().await;
    name_everything(&pages).await;
    pages.project(&product(1, "Backpack", &["A"])).await.unwrap();
    let a = "A".parse().unwrap();
    pages.record_price(&a, price(200, 2)).await.unwrap();
    pages.record_availability(&a, units(9, 4)).await.unwrap();
    let before = page(&pages).await;
    assert!(before.is_complete());
    // Repeated and late: not even the revision moves, so nothing is indexed again.
    pages.record_price(&a, price(100, 1)).await.unwrap();
    pages.record_price(&a, price(200, 2)).await.unwrap();
    pages.record_availability(&a, units(1, 3)).await.unwrap();
    pages.project(&product(1, "Backpack", &["A"])).await.unwrap();
    assert_eq!(page(&pages).await, before);
}

#[tokio::test]
async fn invariant_i10_an_older_product_never_comes_back() {
    let pages = pages().await;
    name_everything(&pages).await;
    pages.project(&product(2, "New", &["B"])).await.unwrap();
    let before = page(&pages).await;
    pages.project(&product(1, "Old", &["A"])).await.unwrap();
    assert_eq!(page(&pages).await, before);
    pages.remove(&id(), 3, &["B".parse().unwrap()], at(0)).await.unwrap();
    let tombstone = page(&pages).await;
    assert!(tombstone.product.is_none() && tombstone.revision > before.revision);
    assert_eq!(pages.look_up(&id(), at(1)).await.unwrap(), Looked::Gone);
    pages.project(&product(2, "New", &["B"])).await.unwrap();
    assert_eq!(page(&pages).await, tombstone, "a late record must not resurrect it");
    pages.project(&product(4, "Back", &["C"])).await.unwrap();
    let back = page(&pages).await;
    assert!(back.revision > tombstone.revision);
    let known: Vec<_> = back.known_skus.iter().map(|sku| sku.as_str()).collect();
    assert_eq!(known, ["B", "C"], "what was withdrawn is still to be deleted from the index");
}

#[tokio::test]
async fn a_deleted_product_is_gone_for_180_days_then_unknown_and_may_come_back() {
    let pages = pages().await;
    let look = async |now| pages.look_up(&id(), now).await.unwrap();
    assert_eq!(look(at(0)).await, Looked::Unknown);
    pages.project(&product(1, "Backpack", &["A"])).await.unwrap();
    assert!(matches!(look(at(0)).await, Looked::Shown(_)));
    pages.remove(&id(), 2, &["A".parse().unwrap()], at(10)).await.unwrap();
    let last = at(10) + GONE_FOR;
    assert_eq!(
        (look(at(10)).await, look(last - jiff::SignedDuration::from_secs(1)).await),
        (Looked::Gone, Looked::Gone)
    );
    assert_eq!(look(last).await, Looked::Unknown);
    pages.project(&product(3, "Back", &["A"])).await.unwrap();
    let Looked::Shown(back) = look(last).await else { panic!("it is not back") };
    assert_eq!(back.deleted_at, None);
}

#[tokio::test]
async fn many_pages_are_read_at_once_and_deleted_ones_are_missing() {
    let pages = pages().await;
    let other: ProductId = "p-2".parse().unwrap();
    pages.project(&product(1, "Backpack", &["A"])).await.unwrap();
    pages.project(&PageProduct { product_id: other.clone(), ..product(1, "Other", &["B"]) }).await.unwrap();
    let ids = [id(), other.clone(), "p-3".parse().unwrap()];
    let found = async || {
        let mut found: Vec<_> = pages.many(&ids).await.unwrap().into_values().collect();
        found.sort_by_key(|page| page.product_id.to_string());
        found.iter().map(|page| page.card().unwrap().title).collect::<Vec<_>>()
    };
    assert_eq!(found().await, ["Backpack", "Other"]);
    pages.remove(&other, 2, &["B".parse().unwrap()], at(0)).await.unwrap();
    assert_eq!(found().await, ["Backpack"]);
}

#[tokio::test]
async fn names_that_come_after_the_page_fill_its_gaps() {
    let pages = pages().await;
    pages.project(&product(1, "Backpack", &["A"])).await.unwrap();
    assert_eq!(path(&page(&pages).await), Vec::<&str>::new());
    name_everything(&pages).await;
    let packs = "packs".parse().unwrap();
    pages.refresh_category(&id(), &pages.category_path(&packs).await.unwrap()).await.unwrap();
    let seller = pages.seller_name(&"hide".parse().unwrap()).await.unwrap().unwrap();
    pages.refresh_seller(&id(), &seller).await.unwrap();
    let filled = page(&pages).await;
    assert_eq!(path(&filled), ["Bags", "Backpacks"]);
    assert_eq!(filled.seller.as_ref().and_then(|s| s.name.as_deref()), Some("Harbour & Hide"));
    // A category that was added elsewhere is no reason to write pages that know their whole way.
    pages.record_category(&"hats".parse().unwrap(), "Hats", None, 1).await.unwrap();
    let before = pages.category_path(&packs).await.unwrap();
    pages.refresh_category(&id(), &before).await.unwrap();
    assert_eq!(page(&pages).await, filled);
    // A new name is one.
    pages.record_category(&"bags".parse().unwrap(), "Bags & Packs", None, 2).await.unwrap();
    pages.refresh_category(&id(), &pages.category_path(&packs).await.unwrap()).await.unwrap();
    assert_eq!(path(&page(&pages).await), ["Bags & Packs", "Backpacks"]);
    // What was read before comes late.
    pages.refresh_category(&id(), &before).await.unwrap();
    assert_eq!(path(&page(&pages).await), ["Bags & Packs", "Backpacks"]);
}

/// The second product's further category and its collection.
fn placed(version: u64) -> PageProduct {
    let mut placed = product(version, "Backpack", &["A"]);
    placed.further_category_ids = ["gifts".parse().unwrap()].into();
    placed.collection_ids = ["summer".parse().unwrap()].into();
    placed.tags = ["eco".parse().unwrap()].into();
    placed
}

async fn name_collection(pages: &Pages, name: &str, version: u64) {
    let node = CollectionNode { name: name.to_owned(), description: String::new(), featured: Vec::new(), version };
    pages.record_collection(&"summer".parse().unwrap(), &node).await.unwrap();
}

/// The names of further categories and of collections, and the page's revision.
async fn elsewhere(pages: &Pages) -> (Vec<Vec<String>>, Vec<Option<String>>, u64) {
    let page = page(pages).await;
    let view = page.view().unwrap();
    let ways = view.further_categories.into_iter();
    let ways = ways.map(|way| way.into_iter().map(|name| name.name).collect()).collect();
    (ways, view.collections.into_iter().map(|collection| collection.name).collect(), page.revision)
}

#[tokio::test]
async fn further_categories_and_collections_are_named_and_renamed() {
    let pages = pages().await;
    name_everything(&pages).await;
    let (gifts, bags) = ("gifts".parse().unwrap(), "bags".parse().unwrap());
    pages.record_category(&gifts, "Gifts", Some(&bags), 1).await.unwrap();
    name_collection(&pages, "Summer", 1).await;
    pages.project(&placed(1)).await.unwrap();
    let named = |ways: &[&str], collection: &str, revision| {
        let way = ways.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        (vec![way], vec![Some(collection.to_owned())], revision)
    };
    assert_eq!(elsewhere(&pages).await, named(&["Bags", "Gifts"], "Summer", 1));
    assert_eq!(path(&page(&pages).await), ["Bags", "Backpacks"]);
    let before = pages.category_path(&gifts).await.unwrap();
    pages.record_category(&gifts, "Presents", Some(&bags), 2).await.unwrap();
    pages.refresh_category(&id(), &pages.category_path(&gifts).await.unwrap()).await.unwrap();
    pages.refresh_category(&id(), &before).await.unwrap();
    assert_eq!(elsewhere(&pages).await, named(&["Bags", "Presents"], "Summer", 2), "what was read before comes late");
    let summer = "summer".parse().unwrap();
    let before = pages.collection_name(&summer).await.unwrap().unwrap();
    name_collection(&pages, "Sun", 2).await;
    let now = pages.collection_name(&summer).await.unwrap().unwrap();
    for name in [&now, &before, &now] {
        pages.refresh_collection(&id(), &summer, name).await.unwrap();
    }
    assert_eq!(elsewhere(&pages).await, named(&["Bags", "Presents"], "Sun", 3));
    // Where it no longer stands, a new name is no reason to write its page.
    pages.project(&product(2, "Backpack", &["A"])).await.unwrap();
    let left = elsewhere(&pages).await;
    assert_eq!(left, (Vec::new(), Vec::new(), 4));
    pages.record_category(&gifts, "Gifts", Some(&bags), 3).await.unwrap();
    pages.refresh_category(&id(), &pages.category_path(&gifts).await.unwrap()).await.unwrap();
    name_collection(&pages, "Summer", 3).await;
    let name = pages.collection_name(&summer).await.unwrap().unwrap();
    pages.refresh_collection(&id(), &summer, &name).await.unwrap();
    assert_eq!(elsewhere(&pages).await, left);
}

#[tokio::test]
async fn what_categories_say_of_attributes_comes_onto_the_page_the_nearest_first() {
    let pages = pages().await;
    let rule =
        |is_number, unit: Option<&str>| AttributeRule { is_number, unit: unit.map(str::to_owned), is_facet: true };
    let (bags, packs) = ("bags".parse().unwrap(), "packs".parse().unwrap());
    let above: AttributeRules =
        [("litres".to_owned(), rule(true, Some("gal"))), ("size".to_owned(), rule(true, None))].into();
    pages.record_category_with(&bags, "Bags", None, above, 1).await.unwrap();
    pages
        .record_category_with(&packs, "Packs", Some(&bags), [("litres".to_owned(), rule(true, Some("l")))].into(), 1)
        .await
        .unwrap();
    let mut product = product(1, "Backpack", &["A"]);
    product.attributes = [("litres".to_owned(), json!(22))].into();
    product.further_category_ids = ["bags".parse().unwrap()].into();
    pages.project(&product).await.unwrap();
    let shown = page(&pages).await;
    let rules = &shown.category.as_ref().unwrap().attributes;
    assert_eq!((&rules["litres"], &rules["size"]), (&rule(true, Some("l")), &rule(true, None)));
    assert!(shown.further[&bags].attributes.is_empty(), "only the main category decides");
    assert_eq!(shown.view().unwrap().units, [("litres".to_owned(), "l".to_owned())].into());
    // It says no longer so.
    pages.record_category(&packs, "Packs", Some(&bags), 2).await.unwrap();
    pages.refresh_category(&id(), &pages.category_path(&packs).await.unwrap()).await.unwrap();
    assert_eq!(page(&pages).await.view().unwrap().units, [("litres".to_owned(), "gal".to_owned())].into());
    pages.record_category(&bags, "Bags", None, 2).await.unwrap();
    for category in [&packs, &bags] {
        pages.refresh_category(&id(), &pages.category_path(category).await.unwrap()).await.unwrap();
    }
    let shown = page(&pages).await;
    assert!(shown.view().unwrap().units.is_empty() && shown.further[&bags].attributes.is_empty());
}

#[tokio::test]
async fn a_page_that_lacks_the_name_of_a_further_place_is_incomplete() {
    let pages = pages().await;
    name_everything(&pages).await;
    pages.record_price(&sku("A"), price(100, 1)).await.unwrap();
    pages.record_availability(&sku("A"), units(1, 1)).await.unwrap();
    pages.project(&placed(1)).await.unwrap();
    assert!(!page(&pages).await.is_complete());
    pages.record_category(&"gifts".parse().unwrap(), "Gifts", None, 1).await.unwrap();
    pages.project(&placed(2)).await.unwrap();
    assert!(!page(&pages).await.is_complete());
    name_collection(&pages, "Summer", 1).await;
    pages.project(&placed(3)).await.unwrap();
    assert!(page(&pages).await.is_complete());
    let [summer] =
        <[_; 1]>::try_from(pages.browse_collections().await.unwrap().into_values().collect::<Vec<_>>()).unwrap();
    assert_eq!(summer.name, "Summer");
}

#[tokio::test]
async fn a_page_and_its_facts_and_names_at_once_lose_nothing() {
    for round in 0..60 {
        let pages = pages().await;
        let (a, packs, hide) = ("A".parse().unwrap(), "packs".parse().unwrap(), "hide".parse().unwrap());
        name_everything(&pages).await;
        let (p, q, r, s) = (pages.clone(), pages.clone(), pages.clone(), pages.clone());
        let product_task = tokio::spawn(async move {
            p.project(&product(1, "One", &["A"])).await?;
            p.project(&product(2, "Two", &["A"])).await
        });
        let price_task = tokio::spawn(async move {
            let a = "A".parse().unwrap();
            q.record_price(&a, price(100, 1)).await?;
            q.record_price(&a, price(200, 2)).await
        });
        let units_task = tokio::spawn(async move { r.record_availability(&"A".parse().unwrap(), units(7, 1)).await });
        let names_task = tokio::spawn(async move {
            let (packs, bags) = ("packs".parse().unwrap(), "bags".parse().unwrap());
            s.record_category(&packs, "Rucksacks", Some(&bags), 2).await?;
            s.refresh_category(&id(), &s.category_path(&packs).await?).await?;
            s.record_seller(&"hide".parse().unwrap(), "Renamed", 2).await?;
            let name = s.seller_name(&"hide".parse().unwrap()).await?.unwrap();
            s.refresh_seller(&id(), &name).await
        });
        for task in [product_task, price_task, units_task, names_task] {
            task.await.unwrap().unwrap();
        }
        let page = page(&pages).await;
        assert_eq!(page.product.as_ref().unwrap().title, "Two", "round {round}");
        assert_eq!(page.prices[&a], price(200, 2), "round {round}");
        assert_eq!(page.availability[&a], units(7, 1), "round {round}");
        assert_eq!(path(&page), ["Bags", "Rucksacks"], "round {round}");
        assert_eq!(page.category.as_ref().unwrap().category_id, packs);
        let seller = page.seller.as_ref().unwrap();
        assert_eq!((&seller.seller_id, seller.name.as_deref()), (&hide, Some("Renamed")), "round {round}");
    }
}

fn sku(text: &str) -> Sku {
    text.parse().unwrap()
}

/// One of the three that make a page whole.
async fn bring(pages: &Pages, what: &str) {
    match what {
        "price" => pages.record_price(&sku("A"), price(1999, 2)).await.unwrap(),
        "stock" => pages.record_availability(&sku("A"), units(3, 5)).await.unwrap(),
        "product" => pages.project(&product(1, "Backpack", &["A"])).await.unwrap(),
        _ => {
            // Late ones.
            pages.record_price(&sku("A"), price(1, 1)).await.unwrap();
            pages.record_availability(&sku("A"), units(0, 4)).await.unwrap();
            pages.project(&product(1, "Backpack", &["A"])).await.unwrap();
        }
    }
}

#[tokio::test]
async fn price_stock_and_product_make_the_same_page_in_any_order() {
    for order in [
        ["price", "stock", "product"],
        ["price", "product", "stock"],
        ["stock", "price", "product"],
        ["stock", "product", "price"],
        ["product", "price", "stock"],
        ["product", "stock", "price"],
    ] {
        let pages = pages().await;
        name_everything(&pages).await;
        for what in order {
            bring(&pages, what).await;
        }
        let whole = page(&pages).await;
        let shown = whole.view().unwrap().variants.remove(0);
        assert_eq!((shown.price, shown.availability.label.as_str()), (Some(Money::usd(1999).unwrap()), "Only 3 left"));
        assert!(whole.is_complete(), "{order:?}");
        bring(&pages, "late").await;
        assert_eq!(page(&pages).await, whole, "{order:?}: what is late changes nothing");
    }
}

#[tokio::test]
async fn the_first_page_shows_what_was_known_before_it() {
    let pages = pages().await;
    name_everything(&pages).await;
    bring(&pages, "price").await;
    bring(&pages, "stock").await;
    bring(&pages, "product").await;
    let first = page(&pages).await;
    assert_eq!((first.revision, first.is_complete()), (1, true), "nobody has seen it without price and stock");
    pages.record_availability(&sku("A"), units(2, 6)).await.unwrap();
    assert_eq!(page(&pages).await.availability[&sku("A")], units(2, 6), "it is the SKU's page from then on");
}

#[tokio::test]
async fn a_variant_that_is_added_later_brings_what_is_known_of_it() {
    let pages = pages().await;
    name_everything(&pages).await;
    bring(&pages, "product").await;
    pages.record_availability(&sku("B"), units(7, 1)).await.unwrap();
    pages.project(&product(2, "Backpack", &["A", "B"])).await.unwrap();
    assert_eq!(page(&pages).await.availability[&sku("B")], units(7, 1));
    pages.record_price(&sku("B"), price(500, 1)).await.unwrap();
    assert_eq!(page(&pages).await.prices[&sku("B")], price(500, 1));
    // Taken away and given back, with a hint in between.
    pages.project(&product(3, "Backpack", &["A"])).await.unwrap();
    pages.record_availability(&sku("B"), units(6, 2)).await.unwrap();
    pages.project(&product(4, "Backpack", &["A", "B"])).await.unwrap();
    assert_eq!(page(&pages).await.availability[&sku("B")], units(6, 2));
}

#[tokio::test]
async fn a_product_that_was_deleted_and_made_again_shows_what_is_known_by_then() {
    let pages = pages().await;
    name_everything(&pages).await;
    for what in ["product", "price", "stock"] {
        bring(&pages, what).await;
    }
    pages.remove(&id(), 2, &[sku("A")], at(0)).await.unwrap();
    pages.record_availability(&sku("A"), units(1, 6)).await.unwrap();
    pages.project(&product(3, "Back", &["A"])).await.unwrap();
    let back = page(&pages).await;
    assert!(back.is_complete());
    assert_eq!((back.prices[&sku("A")], back.availability[&sku("A")]), (price(1999, 2), units(1, 6)));
    // A tombstone that came before any page keeps facts as a page does.
    let other: ProductId = "p-2".parse().unwrap();
    pages.record_availability(&sku("C"), units(4, 1)).await.unwrap();
    pages.remove(&other, 2, &[sku("C")], at(0)).await.unwrap();
    let again = PageProduct { product_id: other.clone(), ..product(3, "Other", &["C"]) };
    pages.project(&again).await.unwrap();
    assert_eq!(pages.item(&other).await.unwrap().unwrap().availability[&sku("C")], units(4, 1));
}
