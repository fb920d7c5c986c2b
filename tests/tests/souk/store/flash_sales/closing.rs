use souk_flash_sales::{CloseShardOutcome, ReleaseClaimOutcome};

use super::market::{Market, shard_of, shopper};

#[tokio::test]
async fn a_shard_closes_once_and_its_units_belong_to_stock() {
    let market = Market::open(30).await;
    shard_of(&market.function().claim(1, 1).await);
    let shards = market.sale().await.shard_count();
    assert_eq!(market.shards.close_shard(&market.sale_id, 0).await.unwrap(), CloseShardOutcome::Closed);
    assert_eq!(market.shards.close_shard(&market.sale_id, 0).await.unwrap(), CloseShardOutcome::AlreadyClosed);
    assert_eq!(market.shards.close_all(&market.sale_id, shards).await.unwrap(), shards - 1);
    assert_eq!(market.shards.close_all(&market.sale_id, shards).await.unwrap(), 0);
    let returns = market.shards.drained(&market.sale_id, shards).await.unwrap();
    assert_eq!(returns.len(), shards as usize);
    assert_eq!(returns.values().map(|shard| shard.drained).sum::<u32>(), 29);
    assert!(returns.values().all(|shard| shard.warehouse_id.as_str() == "east"));
    let totals = market.totals().await;
    assert_eq!((totals.claimed, totals.left, totals.drained, totals.open_shards), (1, 0, 29, 0));
}

#[tokio::test]
async fn a_unit_that_comes_back_after_the_end_goes_to_stock_once() {
    let market = Market::open(3).await;
    let function = market.function();
    let shard = shard_of(&function.claim(1, 1).await);
    let shards = market.sale().await.shard_count();
    market.shards.close_all(&market.sale_id, shards).await.unwrap();
    let before = market.shards.drained(&market.sale_id, shards).await.unwrap()[&shard].drained;
    let release = async || market.shards.release(&market.sale_id, shard, &shopper(1)).await.unwrap();
    assert_eq!(release().await, ReleaseClaimOutcome::Drained);
    assert_eq!(release().await, ReleaseClaimOutcome::Nothing);
    let after = market.shards.drained(&market.sale_id, shards).await.unwrap()[&shard].drained;
    assert_eq!(after, before + 1, "told as a sum, so stock can be told any number of times");
    let totals = market.totals().await;
    assert_eq!((totals.left, totals.units()), (0, 3));
}

/// Whichever comes first, every unit is either a shopper's or stock's.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_races_claims_and_releases_and_no_unit_is_lost_or_made() {
    let market = Market::open(40).await;
    let function = market.function();
    let mut given_back = Vec::new();
    for n in 1..=10 {
        given_back.push((n, shard_of(&function.claim(n, 1).await)));
    }
    let mut calls = Vec::new();
    for (n, shard) in given_back {
        let (shards, sale_id) = (market.shards.clone(), market.sale_id.clone());
        calls.push(tokio::spawn(async move {
            let _release = shards.release(&sale_id, shard, &shopper(n)).await.unwrap();
        }));
    }
    for n in 11..60 {
        let (claims, sale_id) = (function.claims.clone(), market.sale_id.clone());
        let now = super::market::at(2);
        calls.push(tokio::spawn(async move {
            let _answer = claims.claim(&sale_id, &shopper(n), now).await.unwrap();
        }));
    }
    for shard in 0..market.sale().await.shard_count() {
        let (shards, sale_id) = (market.shards.clone(), market.sale_id.clone());
        calls.push(tokio::spawn(async move {
            let _closed = shards.close_shard(&sale_id, shard).await.unwrap();
        }));
    }
    for call in calls {
        call.await.unwrap();
    }
    let totals = market.totals().await;
    assert_eq!((totals.left, totals.open_shards, totals.returned, totals.units()), (0, 0, 10, 40), "{totals:?}");
}
