//! A changed name on its way to the pages that show it: in parts, repeated, past pages that are broken.

use std::{
    collections::{BTreeSet, VecDeque},
    time::Instant,
};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::json;
use souk_catalog::{Catalog, CategoryDetails};
use souk_domain::ids::CategoryId;
use souk_dynamo::{StoreError, Table, Update, n, s, value};
use souk_events::search::{NameOf, PageRefresh};
use souk_fn_search::renaming::Renaming;
use souk_search::{CollectionNode, Pages, RenameReport, RenameState};

use super::{at, tables::Tables};

/// How often SQS hands a message out until it is dead.
const TRIES: usize = 5;

struct Shop {
    catalog: Table,
    table: Table,
    pages: Pages,
    renaming: Renaming,
}

impl Shop {
    /// Two categories, the one below the other.
    async fn open() -> Self {
        let tables = Tables::of("discovery").await;
        let (catalog, table) = (tables.table("CatalogTable"), tables.table("ProductPagesTable"));
        let pages = Pages::new(table.clone());
        let renaming = Renaming::new(Catalog::new(catalog.clone()), pages.clone());
        let shop = Self { catalog, table, pages, renaming };
        for (id, parent) in [("bags", None), ("packs", Some("bags"))] {
            let details = CategoryDetails {
                name: id.to_owned(),
                parent_id: parent.map(|id: &str| id.parse().unwrap()),
                attributes: Vec::new(),
            };
            let id = id.parse().unwrap();
            Catalog::new(shop.catalog.clone()).put_category(&id, details, None).await.unwrap();
        }
        shop.name("bags", None, 1).await;
        shop.name("packs", Some("bags"), 1).await;
        shop.pages.record_seller(&"hide".parse().unwrap(), "Hide 1", 1).await.unwrap();
        shop
    }

    async fn name(&self, id: &str, parent: Option<&str>, version: u64) {
        let parent = parent.map(|id| id.parse().unwrap());
        let name = format!("{id} {version}");
        self.pages.record_category(&id.parse().unwrap(), &name, parent.as_ref(), version).await.unwrap();
    }

    /// Products of a category, in the catalog's indexes and with pages that know no names.
    async fn list(&self, category: &str, products: std::ops::Range<usize>) {
        let put = async |number: usize| {
            let id = format!("p-{number:06}");
            let pk = format!("product#{id}");
            self.catalog.put(&json!({ "pk": pk, "category_id": category, "seller_id": "hide" })).await?;
            let item = json!({
                "pk": pk, "product_id": id, "revision": 1, "catalog_version": 1,
                "category": { "category_id": category, "tree_revision": 0, "names": [] },
                "seller": { "seller_id": "hide", "version": 0 },
            });
            self.table.put(&item).await
        };
        stream::iter(products.map(put)).buffer_unordered(16).try_collect::<()>().await.unwrap();
    }

    /// A page that no update can be made of, or can be again.
    async fn damage(&self, number: usize, is_broken: bool) {
        let revision = if is_broken { s("no number") } else { n(1) };
        let update = Update::new().set("revision", revision);
        let key = format!("product#p-{number:06}");
        assert!(self.table.update(&[("pk", &key)], update).await.unwrap().is_written());
    }

    /// Hands messages out until none is left; those that are dead in the end.
    async fn work(&self, first: Vec<PageRefresh>, deliveries: usize) -> Vec<PageRefresh> {
        let (mut queue, mut dead) = (VecDeque::from(first.into_iter().map(|m| (m, 0)).collect::<Vec<_>>()), Vec::new());
        while let Some((message, tries)) = queue.pop_front() {
            let mut answer = Ok(Vec::new());
            for _ in 0..deliveries {
                answer = self.renaming.handle(message.clone(), at(1)).await;
                if let Ok(next) = &answer {
                    queue.extend(next.iter().cloned().map(|message| (message, 0)));
                }
            }
            match answer {
                Ok(_) => {}
                Err(_) if tries + 1 < TRIES => queue.push_back((message, tries + 1)),
                Err(_) => dead.push(message),
            }
        }
        dead
    }

    async fn names(&self, number: usize) -> (Vec<String>, u64) {
        let page = self.pages.item(&format!("p-{number:06}").parse().unwrap()).await.unwrap().expect("a page");
        (page.category.unwrap().names.into_iter().map(|name| name.name).collect(), page.revision)
    }

    async fn report(&self, rename: &str) -> RenameReport {
        let reports = self.pages.renames().await.unwrap();
        reports.into_iter().find(|report| report.rename == rename).expect("a report")
    }
}

fn rename(category: &str, version: u64) -> PageRefresh {
    PageRefresh::begin(NameOf::Category(category.parse().unwrap()), version)
}

#[tokio::test]
async fn a_rename_reaches_all_pages_also_below_and_stops_at_no_broken_one() {
    let shop = Shop::open().await;
    shop.list("bags", 0..130).await;
    shop.list("packs", 130..330).await;
    shop.damage(17, true).await;
    shop.damage(301, true).await;
    shop.name("bags", None, 2).await;
    let dead = shop.work(vec![rename("bags", 2)], 1).await;
    for number in (0..330).filter(|number| ![17, 301].contains(number)) {
        let expected: &[&str] = if number < 130 { &["bags 2"] } else { &["bags 2", "packs 1"] };
        assert_eq!(shop.names(number).await.0, expected, "{number}");
    }
    let report = shop.report("category#bags@2").await;
    assert_eq!((report.state, report.listed, report.done), (RenameState::Failed, 330, 328));
    let broken = BTreeSet::from(["p-000017", "p-000301"].map(|id| id.parse().unwrap()));
    assert_eq!((report.failed, &report.failed_products), (2, &broken));
    // Nothing else is dead, and what is can be put back when the pages are whole again.
    assert_eq!(dead.len(), 2, "{dead:?}");
    shop.damage(17, false).await;
    shop.damage(301, false).await;
    assert_eq!(shop.work(dead, 1).await, []);
    let report = shop.report("category#bags@2").await;
    assert_eq!((report.state, report.done, report.failed), (RenameState::Done, 330, 0));
    assert_eq!(shop.names(17).await.0, ["bags 2"]);
}

#[tokio::test]
async fn messages_that_come_twice_write_each_page_once() {
    let shop = Shop::open().await;
    shop.list("packs", 0..250).await;
    shop.name("bags", None, 2).await;
    assert_eq!(shop.work(vec![rename("bags", 2), rename("bags", 2)], 2).await, []);
    for number in [0, 99, 100, 249] {
        assert_eq!(shop.names(number).await, (vec!["bags 2".to_owned(), "packs 1".to_owned()], 2), "{number}");
    }
    let report = shop.report("category#bags@2").await;
    assert_eq!((report.state, report.listed, report.done, report.unlisted), (RenameState::Done, 250, 250, 0));
}

#[tokio::test]
async fn a_rename_that_is_under_way_says_how_far_it_is() {
    let shop = Shop::open().await;
    shop.list("packs", 0..250).await;
    let next = shop.renaming.handle(rename("bags", 1), at(1)).await.unwrap();
    assert_eq!(next.len(), 1, "nothing stands in it, one category stands below it");
    let report = shop.report("category#bags@1").await;
    assert_eq!((report.state, report.unlisted), (RenameState::Running, 1));
    let parts = shop.renaming.handle(next[0].clone(), at(2)).await.unwrap();
    assert_eq!(parts.len(), 3);
    assert_eq!(shop.renaming.handle(parts[2].clone(), at(3)).await.unwrap(), []);
    let report = shop.report("category#bags@1").await;
    assert_eq!((report.state, report.listed, report.done), (RenameState::Running, 250, 50));
    assert_eq!((report.begun_at, report.changed_at), (at(1), at(3)));
}

#[tokio::test]
async fn a_rename_reaches_products_by_their_further_categories_and_collections() {
    let shop = Shop::open().await;
    shop.list("packs", 0..3).await;
    let node = |name: &str, version| CollectionNode {
        name: name.to_owned(),
        description: String::new(),
        featured: Vec::new(),
        version,
    };
    let (summer, bags): (_, CategoryId) = ("summer".parse().unwrap(), "bags".parse().unwrap());
    shop.pages.record_collection(&summer, &node("Summer", 1)).await.unwrap();
    // Of three that stand in packs two stand in bags as well, and in a collection.
    for number in 1..3 {
        let id = format!("p-{number:06}");
        for (place, field) in [("category#bags", "category_id"), ("collection#summer", "collection_id")] {
            let owner = place.split_once('#').unwrap().1;
            shop.catalog.put(&json!({ "pk": format!("placed#{id}#{place}"), field: owner })).await.unwrap();
        }
        let key = format!("product#{id}");
        let further = json!({ "bags": { "category_id": "bags", "tree_revision": 0, "names": [] } });
        let collections = json!({ "summer": { "version": 1, "name": "Summer" } });
        let update = Update::new().set("further", value(&further).unwrap());
        let update = update.set("collections", value(&collections).unwrap());
        assert!(shop.table.update(&[("pk", &key)], update).await.unwrap().is_written());
    }
    shop.name("bags", None, 2).await;
    shop.pages.record_collection(&summer, &node("Sun", 2)).await.unwrap();
    let renamed = PageRefresh::begin(NameOf::Collection(summer.clone()), 2);
    assert_eq!(shop.work(vec![rename("bags", 2), renamed], 2).await, []);
    for number in 0..3 {
        let page = shop.pages.item(&format!("p-{number:06}").parse().unwrap()).await.unwrap().unwrap();
        assert_eq!(shop.names(number).await.0, ["bags 2", "packs 1"], "{number}: below it");
        let further = page.further.get(&bags).map(|path| path.names[0].name.clone());
        assert_eq!(further, (number > 0).then(|| "bags 2".to_owned()), "{number}");
        let name = page.collections.get(&summer).and_then(|shown| shown.name.clone());
        assert_eq!(name, (number > 0).then(|| "Sun".to_owned()), "{number}");
    }
    let report = shop.report("collection#summer@2").await;
    assert_eq!((report.state, report.listed, report.done), (RenameState::Done, 2, 2));
}

/// All of a part fails where the store does: then it comes back whole, and is not taken to pieces.
#[tokio::test]
async fn a_part_of_which_nothing_can_be_written_comes_back() {
    let shop = Shop::open().await;
    shop.list("packs", 0..3).await;
    for number in 0..3 {
        shop.damage(number, true).await;
    }
    let parts = shop.renaming.handle(rename("packs", 1), at(1)).await.unwrap();
    let failed = shop.renaming.handle(parts[0].clone(), at(1)).await;
    assert!(failed.is_err(), "{failed:?}");
    let report = shop.report("category#packs@1").await;
    assert_eq!((report.state, report.listed, report.done, report.failed), (RenameState::Running, 3, 0, 0));
}

#[tokio::test]
async fn a_new_category_without_products_is_not_told_of() {
    let shop = Shop::open().await;
    assert_eq!(shop.work(vec![rename("packs", 1)], 1).await, []);
    assert_eq!(shop.pages.renames().await.unwrap(), []);
}

#[tokio::test]
async fn a_sellers_new_name_reaches_more_products_than_one_list_holds() {
    let shop = Shop::open().await;
    shop.list("packs", 0..10_050).await;
    shop.pages.record_seller(&"hide".parse().unwrap(), "Hide 2", 2).await.unwrap();
    let began = Instant::now();
    let first = PageRefresh::begin(NameOf::Seller("hide".parse().unwrap()), 2);
    let next = shop.renaming.handle(first, at(1)).await.unwrap();
    assert_eq!(next.len(), 101, "the next list, and a hundred parts");
    let listed = began.elapsed();
    assert_eq!(shop.work(next, 1).await, []);
    println!("10,050 pages: the first list {listed:?}, all of it {:?} by one worker in this process", began.elapsed());
    let report = shop.report("seller#hide@2").await;
    assert_eq!((report.state, report.listed, report.done), (RenameState::Done, 10_050, 10_050));
    for number in [0, 9_999, 10_000, 10_049] {
        let page = shop.pages.item(&format!("p-{number:06}").parse().unwrap()).await.unwrap().unwrap();
        assert_eq!(page.seller.unwrap().name.as_deref(), Some("Hide 2"), "{number}");
    }
}

/// As it stood in the queue when a deployment began.
#[test]
fn a_message_of_the_former_code_lists_from_the_beginning() {
    let before = json!({ "of": "category", "category_id": "bags", "only_gaps": true, "after": "p-1" });
    let read: PageRefresh = serde_json::from_value(before).unwrap();
    let category_id = "bags".parse().unwrap();
    assert_eq!(read, PageRefresh::Category { category_id, listing: souk_events::search::Listing::default() });
    let sent = serde_json::to_value(rename("bags", 3)).unwrap();
    assert_eq!(sent["listing"]["rename"], "category#bags@3");
    assert_eq!(serde_json::from_value::<PageRefresh>(sent).unwrap(), rename("bags", 3));
}

/// `revision` of a broken page is a text, which nothing can be added to.
#[tokio::test]
async fn a_broken_page_is_no_outage() {
    let shop = Shop::open().await;
    shop.list("packs", 0..1).await;
    shop.damage(0, true).await;
    let path = shop.pages.category_path(&"packs".parse().unwrap()).await.unwrap();
    let refused = shop.pages.refresh_category(&"p-000000".parse().unwrap(), &path).await;
    assert!(matches!(refused, Err(StoreError::Corrupt(_))), "{refused:?}");
}
