use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::json;

use crate::support::{PROJECTION, Shop, eventually, fresh, stack};

const INDEXER: &str = "SearchIndexer";
const ENDPOINT: &str = "OPENSEARCH_ENDPOINT";
/// More often than a batch would be tried if tries were counted.
const TRIES: usize = 12;
/// Tries come ever more seldom, up to ten seconds apart.
const OUTAGE: Duration = Duration::from_secs(240);

/// A search service that is there and answers nothing but 503; how often it was asked.
fn unavailable() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    std::thread::spawn(move || {
        for mut connection in listener.incoming().flatten() {
            let _request = connection.read(&mut [0; 4096]);
            count.fetch_add(1, Ordering::Relaxed);
            let answer = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
            let _sent = connection.write_all(answer);
        }
    });
    (url, asked)
}

/// Both break the keeper or the indexer for everybody: one after the other.
#[tokio::test]
async fn invariant_i10_neither_an_outage_nor_a_keeper_that_dies_loses_a_change() {
    an_outage_is_waited_out_and_the_comparison_notices_it().await;
    a_reindex_whose_keeper_died_is_gone_on_with().await;
    while_the_index_does_not_answer_search_says_so().await;
}

async fn while_the_index_does_not_answer_search_says_so() {
    let guest = stack().guest();
    for (function, path) in [("SearchProductsFunction", "/search"), ("SuggestFunction", "/search/suggestions")] {
        let variables = stack().variables(function).await;
        let mut astray = variables.clone();
        astray[ENDPOINT] = json!(unavailable().0);
        stack().set_variables(function, &astray).await;
        let ask = async || guest.get(&format!("{path}?q={}", fresh("q"))).await;
        let refused = eventually("the search is away", PROJECTION, || async {
            let reply = ask().await;
            (reply.status == 503).then_some(reply)
        })
        .await;
        let refused = refused.expect_problem(503, "search-unavailable");
        assert_eq!(refused.header("retry-after"), "2");
        stack().set_variables(function, &variables).await;
        eventually("the search is back", PROJECTION, || async { (ask().await.status == 200).then_some(()) }).await;
    }
}

async fn an_outage_is_waited_out_and_the_comparison_notices_it() {
    let operator = stack().sign_in("operator").await;
    let shop = Shop::open(&operator).await;
    let known = shop.list("Weathered Satchel").await;
    shop.found(&format!("q={known}"), "the product", |hit| hit["product_id"] == known.as_str()).await;
    let variables = stack().variables(INDEXER).await;
    let (url, asked) = unavailable();
    let mut astray = variables.clone();
    astray[ENDPOINT] = json!(url);
    stack().set_variables(INDEXER, &astray).await;

    shop.change(&known, 1, shop.product("Polished Satchel", &[&known])).await.expect(200);
    let new = shop.list("Canvas Satchel").await;
    eventually("the indexer tries again and again", OUTAGE, || async {
        (asked.load(Ordering::Relaxed) >= TRIES).then_some(())
    })
    .await;
    let report = stack().keeper_once_free("compare").await;
    assert!(report["missing"].as_u64().unwrap() >= 1 && report["stale"].as_u64().unwrap() >= 1, "{report}");
    shop.found(&format!("q={new}"), "what was missing", |hit| hit["product_id"] == new.as_str()).await;
    shop.found(&format!("q={known}"), "what was stale", |hit| hit["title"] == "Polished Satchel").await;

    shop.change(&known, 2, shop.product("Mended Satchel", &[&known])).await.expect(200);
    stack().set_variables(INDEXER, &variables).await;
    shop.found(&format!("q={known}"), "the stream goes on", |hit| hit["title"] == "Mended Satchel").await;
    for id in [&known, &new] {
        assert_eq!(stack().set_aside(id).await, Vec::<serde_json::Value>::new(), "an outage makes nothing poison");
    }
}

async fn a_reindex_whose_keeper_died_is_gone_on_with() {
    let keepers = || stack().function_processes().into_iter().filter(|it| it.function.contains("SearchIndexMan"));
    if stack().function_processes().is_empty() {
        println!("skipped: the stack's functions do not run on this machine");
        return;
    }
    let operator = stack().sign_in("operator").await;
    let shop = Shop::open(&operator).await;
    let (id, poison) = (shop.list("Weathered Satchel").await, fresh("poison"));
    shop.found(&format!("q={id}"), "the product", |hit| hit["product_id"] == id.as_str()).await;
    // What is refused is looked at twice, with a pause: the keeper dies in it.
    stack().write_page(&id, &poison, 3_000_000_000, 1).await;
    let kill = async {
        let index = stack().reindexing("comparing").await;
        let killed = keepers().filter(|keeper| keeper.kill()).count();
        assert!(killed > 0, "no keeper was at work");
        index
    };
    let reindex = json!({ "action": "reindex" });
    let (died, index) = tokio::join!(stack().invoke("SearchIndexManager", &reindex), kill);
    assert!(died.is_err(), "{died:?}");
    assert_eq!(stack().keeper("reindex").await, Err("KeeperBusy".to_owned()), "it may only be slow");
    stack().end_reindex_lease().await;
    let report = stack().keeper("reindex").await.unwrap();
    assert_eq!((&report["index"], &report["done"]), (&json!(index), &json!(true)), "{report}");
    assert_eq!(stack().indices().await.1, index);
    eventually("searched", PROJECTION, || async {
        let hits = operator.get(&format!("/search?q={id}")).await.expect(200).body;
        (hits["hits"][0]["product_id"] == id.as_str()).then_some(())
    })
    .await;
    stack().write_page(&id, &poison, 5, 2).await;
}
