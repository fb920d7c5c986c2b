//! A reindex as its state machine drives it: in parts, one at a time, resumed, given up, and taken back.

use std::time::{Duration, Instant};

use souk_search::{KeeperError, ReindexReport};

use super::generated::{Generated, page};

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(120)
}

/// From where it stands to its end.
async fn drive(shop: &Generated, owner: &str) -> ReindexReport {
    for _ in 0..20 {
        let report = shop.keeper.reindex_progress().await.unwrap().unwrap();
        let parts = report.parts.iter().map(|part| shop.keeper.work_on_reindex(owner, *part, soon()));
        for worked in futures_util::future::join_all(parts).await {
            assert!(worked.unwrap().done);
        }
        let report = shop.keeper.advance_reindex(owner).await.unwrap();
        if report.done {
            return report;
        }
    }
    panic!("it never ends");
}

#[tokio::test]
async fn a_reindex_in_parts_holds_every_page_and_what_was_written_meanwhile() {
    let shop = Generated::unindexed(900, 4).await;
    let begun = shop.keeper.begin_reindex("one", 4, false).await.unwrap();
    assert_eq!((begun.phase, begun.parts.len()), ("filling", 4));
    assert!(matches!(shop.keeper.begin_reindex("two", 4, false).await, Err(KeeperError::Busy { .. })));
    assert!(matches!(shop.keeper.work_on_reindex("two", 0, soon()).await, Err(KeeperError::Overtaken(_))));
    assert!(shop.keeper.work_on_reindex("one", 2, soon()).await.unwrap().done);
    // One part is through: nothing goes on before the others are.
    let report = shop.keeper.advance_reindex("one").await.unwrap();
    assert_eq!((report.phase, report.parts_done), ("filling", 1));
    for number in [3, 300, 899] {
        shop.change(number, page(number, 5)).await;
    }
    shop.delete(7).await;
    // Whoever begins again under the same name goes on with what there is.
    assert_eq!(shop.keeper.begin_reindex("one", 9, false).await.unwrap().index, begun.index);
    let done = drive(&shop, "one").await;
    assert_eq!((&done.index, done.pages), (&begun.index, 900), "{done:?}");
    let counts = done.counts.unwrap();
    assert_eq!((counts.pages, counts.expected, counts.left), (900, 899, 0), "{counts:?}");
    assert_eq!(shop.documents().await, shop.expected().await);
    shop.end().await;
}

#[tokio::test]
async fn a_reindex_that_is_given_up_or_fails_leaves_the_old_index_searched() {
    let shop = Generated::of(60, 2).await;
    let (live, _) = shop.indices().await;
    for fails in [false, true] {
        let begun = shop.keeper.begin_reindex("one", 2, false).await.unwrap();
        assert!(shop.keeper.work_on_reindex("one", 0, soon()).await.unwrap().done);
        assert!(shop.indices().await.1.contains(&begun.index));
        if fails {
            shop.keeper.fail_reindex("one", "SearchUnavailable").await.unwrap();
            let told = shop.keeper.reindex_progress().await.unwrap().unwrap();
            assert_eq!((told.phase, told.reason.as_deref()), ("failed", Some("SearchUnavailable")));
        } else {
            assert_eq!(shop.keeper.abort_reindex().await.unwrap(), Some(begun.index.clone()));
        }
        let worked = shop.keeper.work_on_reindex("one", 1, soon()).await;
        assert!(fails || matches!(worked, Err(KeeperError::Overtaken(_))), "{worked:?}");
        assert_eq!(shop.indices().await, (live.clone(), live.clone()));
    }
    shop.change(1, page(1, 4)).await;
    assert_eq!(shop.documents().await, shop.expected().await);
    shop.end().await;
}

#[tokio::test]
async fn the_former_index_is_kept_and_searched_again_with_all_that_came_since() {
    let shop = Generated::of(120, 2).await;
    let (first, _) = shop.indices().await;
    assert!(matches!(shop.keeper.begin_reindex("one", 2, true).await, Err(KeeperError::NothingKept)));
    shop.keeper.begin_reindex("one", 2, false).await.unwrap();
    drive(&shop, "one").await;
    let (second, all) = shop.indices().await;
    assert_eq!((second.len(), all.len()), (1, 2), "the former one is kept");
    assert_ne!(first, second);
    shop.keeper.remove_leftovers().await.unwrap();
    assert_eq!(shop.indices().await.1.len(), 2, "it is no leftover");
    for number in 0..40 {
        shop.change(number, page(number, 3)).await;
    }
    shop.delete(50).await;
    shop.change(500, page(500, 1)).await;
    shop.keeper.begin_reindex("two", 2, true).await.unwrap();
    shop.change(60, page(60, 8)).await;
    drive(&shop, "two").await;
    assert_eq!(shop.indices().await.0, first);
    assert_eq!(shop.documents().await, shop.expected().await);
    shop.change(61, page(61, 9)).await;
    assert_eq!(shop.documents().await, shop.expected().await, "it is written from now on");
    // A restore that is given up keeps both.
    shop.keeper.begin_reindex("three", 2, true).await.unwrap();
    assert_eq!(shop.keeper.abort_reindex().await.unwrap().as_ref(), second.first());
    assert_eq!((shop.indices().await.0, shop.indices().await.1.len()), (first, 2));
    shop.end().await;
}
