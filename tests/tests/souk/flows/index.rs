//! What keeps the search index: the stream, reindexing, the comparison with the pages.

use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::support::{PROJECTION, Shop, eventually, fresh, stack};

/// More ratings than the index can count, and than the edge takes.
const TOO_MANY: i64 = 3_000_000_000;

/// There is one keeper: these tests take turns.
static KEEPER: Mutex<()> = Mutex::const_new(());

/// A product that is found, and a page like its own that the index refuses.
async fn product_and_poison() -> (Shop, String, String) {
    let operator = stack().sign_in("operator").await;
    let shop = Shop::open(&operator).await;
    let (id, poison) = (shop.list("Weathered Satchel").await, fresh("poison"));
    shop.found(&format!("q={id}"), "the product", |hit| hit["product_id"] == id.as_str()).await;
    stack().write_page(&id, &poison, TOO_MANY, 1).await;
    (shop, id, poison)
}

#[tokio::test]
async fn a_page_that_the_index_refuses_is_set_aside_whole_and_holds_up_nothing() {
    let _turn = KEEPER.lock().await;
    let (shop, id, poison) = product_and_poison().await;
    let behind = shop.list("Polished Satchel").await;
    shop.found(&format!("q={behind}"), "what comes behind it", |hit| hit["product_id"] == behind.as_str()).await;
    let kept = eventually("it is set aside", PROJECTION, || async { stack().set_aside(&poison).await.pop() }).await;
    assert!(kept["reason"].as_str().unwrap().contains("rating_count"), "{kept}");
    let event: Value = serde_json::from_str(kept["payload"].as_str().unwrap()).unwrap();
    let image = &event["Records"][0]["dynamodb"]["NewImage"];
    assert_eq!(image["product"]["M"]["rating"]["M"]["count"]["N"], TOO_MANY.to_string(), "{image}");

    let report = stack().keeper_once_free("reindex").await;
    assert_eq!(report["done"], true, "{report}");
    assert!(report["counts"]["refused"].as_u64().unwrap() >= 1, "{report}");

    stack().write_page(&id, &poison, 5, 2).await;
    shop.found(&format!("q={poison}"), "the mended page", |hit| hit["product_id"] == poison.as_str()).await;
    let (objects, version) = (stack().set_aside(&poison).await.len(), stack().document_version(&poison).await);
    let replayed = stack().invoke("SearchIndexer", &event).await.unwrap();
    assert!(replayed["batchItemFailures"].as_array().is_none_or(Vec::is_empty), "{replayed}");
    assert_eq!((version, stack().document_version(&poison).await), (Some(2), Some(2)), "nothing newer was overwritten");
    assert_eq!(stack().set_aside(&poison).await.len(), objects, "what the page no longer says is done with");
}

#[tokio::test]
async fn what_the_index_lacks_and_what_it_should_not_hold_is_found_and_repaired() {
    let _turn = KEEPER.lock().await;
    let operator = stack().sign_in("operator").await;
    let shop = Shop::open(&operator).await;
    let (lost, stray) = (shop.list("Weathered Satchel").await, fresh("stray"));
    shop.found(&format!("q={lost}"), "the product", |hit| hit["product_id"] == lost.as_str()).await;
    let version = stack().document_version(&lost).await.unwrap();
    let same = format!("/products/_doc/{lost}?version={version}&version_type=external_gte");
    stack().opensearch(Method::DELETE, &same, None).await;
    let document = json!({ "sku": stray, "product_id": stray, "title": "Of no page", "created_at": 0 });
    let first = format!("/products/_doc/{stray}?version=1&version_type=external&refresh=true");
    stack().opensearch(Method::PUT, &first, Some(document)).await;
    assert_eq!((stack().document_version(&lost).await, stack().document_version(&stray).await), (None, Some(1)));

    let report = stack().keeper_once_free("compare").await;
    assert_eq!(report["complete"], true, "{report}");
    for difference in ["missing", "surplus"] {
        assert!(report[difference].as_u64().unwrap() >= 1, "{difference}: {report}");
    }
    assert_eq!(report["left"], 0, "{report}");
    assert_eq!(stack().document_version(&lost).await, Some(version));
    assert_eq!(stack().document_version(&stray).await, None);
}

#[tokio::test]
async fn invariant_i10_of_two_reindexes_at_once_one_is_refused_and_no_change_is_lost() {
    let _turn = KEEPER.lock().await;
    // A reindex takes a second look at what is refused: long enough to meet it.
    let (shop, id, poison) = product_and_poison().await;
    let (_, before) = stack().indices().await;
    let meanwhile = async {
        stack().reindexing("comparing").await;
        let second = stack().keeper("reindex").await;
        shop.change(&id, 1, shop.product("Polished Satchel", &[&id])).await.expect(200);
        second
    };
    let (first, second) = tokio::join!(stack().keeper_once_free("reindex"), meanwhile);
    assert_eq!(second, Err("KeeperBusy".to_owned()));
    assert_eq!(first["done"], true, "{first}");
    let (all, live) = stack().indices().await;
    assert_eq!((&first["index"], live != before), (&json!(live), true));
    assert!(all.contains(&before), "the one that was searched before is kept");
    shop.found(&format!("q={id}"), "the change", |hit| hit["title"] == "Polished Satchel").await;
    stack().write_page(&id, &poison, 5, 2).await;
}

#[tokio::test]
async fn a_reindex_that_is_given_up_leaves_the_old_index_and_nothing_else() {
    let _turn = KEEPER.lock().await;
    let (shop, id, poison) = product_and_poison().await;
    let (_, before) = stack().indices().await;
    let abort = async {
        let index = stack().reindexing("comparing").await;
        (index, stack().keeper("abort_reindex").await)
    };
    let (reindexed, (index, aborted)) = tokio::join!(stack().keeper("reindex"), abort);
    assert_eq!(aborted, Ok(json!({ "aborted": &index })));
    assert_eq!(reindexed, Err("KeeperOvertaken".to_owned()));
    let (all, live) = stack().indices().await;
    assert_eq!((live, all.contains(&index)), (before, false));
    assert_eq!(stack().keeper("abort_reindex").await, Ok(json!({ "aborted": null })), "there is none any more");
    shop.found(&format!("q={id}"), "the product", |hit| hit["product_id"] == id.as_str()).await;
    stack().write_page(&id, &poison, 5, 2).await;
}

#[tokio::test]
async fn a_reindex_drives_itself_to_the_switch_and_can_be_taken_back() {
    let _turn = KEEPER.lock().await;
    let operator = stack().sign_in("operator").await;
    let shop = Shop::open(&operator).await;
    let id = shop.list("Weathered Satchel").await;
    shop.found(&format!("q={id}"), "the product", |hit| hit["product_id"] == id.as_str()).await;
    let (_, before) = stack().indices().await;
    let reindex = stack().start_machine("Reindex", &json!({ "action": "begin_reindex" })).await;
    let index = stack().reindexing_another_than(&before).await;
    let second = stack().start_machine("Reindex", &json!({ "action": "begin_reindex" })).await;
    let (first, second) = (stack().ended(&reindex).await, stack().ended(&second).await);
    assert_eq!(first["status"], "SUCCEEDED", "{first}");
    // Begun a moment later, it is refused; begun after the end, it is another one.
    let is_alone = second["error"] == "KeeperBusy" || second["status"] == "SUCCEEDED";
    assert!(is_alone, "{second}");
    let progress = stack().keeper("reindex_progress").await.unwrap();
    assert_eq!((&progress["phase"], &progress["done"]), (&json!("done"), &json!(true)), "{progress}");
    let (_, live) = stack().indices().await;
    assert_eq!(progress["index"], json!(live));
    assert!(second["status"] == "SUCCEEDED" || live == index);

    shop.change(&id, 1, shop.product("Polished Satchel", &[&id])).await.expect(200);
    let restore = stack().start_machine("Reindex", &json!({ "action": "begin_restore" })).await;
    let restored = stack().ended(&restore).await;
    assert_eq!(restored["status"], "SUCCEEDED", "{restored}");
    assert_ne!(stack().indices().await.1, live);
    shop.found(&format!("q={id}"), "what came since", |hit| hit["title"] == "Polished Satchel").await;
}

#[tokio::test]
async fn a_reindex_under_way_that_is_given_up_ends_its_machine() {
    let _turn = KEEPER.lock().await;
    let (shop, id, poison) = product_and_poison().await;
    let (_, before) = stack().indices().await;
    let reindex = stack().start_machine("Reindex", &json!({ "action": "begin_reindex" })).await;
    let index = stack().reindexing("comparing").await;
    assert_eq!(stack().keeper("abort_reindex").await, Ok(json!({ "aborted": &index })));
    let ended = stack().ended(&reindex).await;
    assert_eq!(ended["status"], "FAILED", "{ended}");
    let (all, live) = stack().indices().await;
    assert_eq!((live, all.contains(&index)), (before, false));
    shop.found(&format!("q={id}"), "the product", |hit| hit["product_id"] == id.as_str()).await;
    stack().write_page(&id, &poison, 5, 2).await;
}
