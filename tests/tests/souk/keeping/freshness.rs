use std::time::{Duration, Instant};

use souk_dynamo::s;

use crate::{
    load::figures::percentile,
    support::{Api, PROJECTION, Shop, admin, eventually, fresh, stack},
};

/// So many products are put, one after the other.
const PUTS: usize = 40;
/// What 99 of 100 may take until they are found. The goal here is 2 s, which is printed beside; the bound only tells a
/// break from a machine that is busy.
const HERE: Duration = Duration::from_secs(10);
const ON_AWS: Duration = Duration::from_secs(5);

/// How long after it was sent a product is where it goes.
#[derive(Debug, Default)]
struct Stages {
    answered: Vec<Duration>,
    page: Vec<Duration>,
    document: Vec<Duration>,
    found: Vec<Duration>,
}

/// From the moment in which an operator's request leaves to that in which a guest's search finds the product.
#[tokio::test]
async fn a_product_is_found_within_seconds_of_its_put() {
    let operator = stack().sign_in("operator").await;
    let shop = Shop::open(&operator).await;
    // Whatever has to start first, and the names.
    put(&shop, &mut Stages::default()).await;
    let mut stages = Stages::default();
    for _ in 0..PUTS {
        put(&shop, &mut stages).await;
    }
    println!("{PUTS} products, each after the one before, in ms since its PUT left:");
    println!("    {:<34}{:>10}{:>10}{:>10}", "", "p50", "p99", "slowest");
    let Stages { answered, page, document, found } = &mut stages;
    for (name, took) in [
        ("the PUT is answered", answered),
        ("its page is written", page),
        ("its document is written", document),
        ("a guest's search finds it", &mut *found),
    ] {
        took.sort_unstable();
        let at = |share: f64| percentile(took, share).as_secs_f64() * 1000.0;
        println!("    {name:<34}{:>10.0}{:>10.0}{:>10.0}", at(0.5), at(0.99), at(1.0));
    }
    let bound = if stack().is_here() { HERE } else { ON_AWS };
    let p99 = percentile(found, 0.99);
    assert!(p99 <= bound, "the 99th percentile is {p99:?}");
}

async fn put(shop: &Shop, stages: &mut Stages) {
    let id = fresh("prod");
    let began = Instant::now();
    shop.operator.put(&admin(&id), shop.product("Leather Backpack", &[&id])).await.expect(201);
    stages.answered.push(began.elapsed());
    let (page, document, found) = tokio::join!(page(&id, began), document(&id, began), found(&id, began));
    stages.page.push(page);
    stages.document.push(document);
    stages.found.push(found);
}

async fn page(id: &str, began: Instant) -> Duration {
    let table = stack().table("ProductPagesTable").await;
    let get = table.client().get_item().table_name(table.name()).key("pk", s(format!("product#{id}")));
    let get = get.consistent_read(true);
    eventually("the page", PROJECTION, || async { get.clone().send().await.unwrap().item.map(|_| began.elapsed()) })
        .await
}

/// By its id OpenSearch tells of a document before any search finds it.
async fn document(id: &str, began: Instant) -> Duration {
    eventually("the document", PROJECTION, || async { stack().document_version(id).await.map(|_| began.elapsed()) })
        .await
}

async fn found(id: &str, began: Instant) -> Duration {
    let guest: Api = stack().guest();
    eventually("found", PROJECTION, || async {
        let reply = guest.get(&format!("/search?q={id}&limit=1")).await.expect(200);
        reply.body["hits"].as_array().unwrap().iter().any(|hit| hit["product_id"] == id).then(|| began.elapsed())
    })
    .await
}
