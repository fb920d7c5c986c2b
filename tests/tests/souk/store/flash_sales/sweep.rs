use std::collections::BTreeSet;

use souk_flash_sales::StaleClaim;

use super::market::{Market, at, shard_of, shopper};

async fn stale(market: &Market, since: i64, before: i64) -> Vec<StaleClaim> {
    let (mut found, mut from) = (Vec::new(), Some(0));
    let shards = market.sale().await.shard_count();
    while let Some(first) = from {
        let page = market.shards.stale_claims(&market.sale_id, shards, first, at(since), at(before)).await.unwrap();
        found.extend(page.claims);
        from = page.next;
    }
    found
}

#[tokio::test]
async fn claims_of_a_span_of_time_are_found_over_all_pages() {
    // More shards than one page reads.
    let market = Market::open(24 * 110).await;
    let function = market.function();
    let mut shards = BTreeSet::new();
    for n in 1..=150 {
        shards.insert(shard_of(&function.claim(n, 100 + i64::try_from(n).unwrap()).await));
    }
    assert!(shards.iter().any(|shard| *shard >= 100), "some lie beyond the first page");
    assert_eq!(stale(&market, 0, 1000).await.len(), 150);
    let some = stale(&market, 120, 150).await;
    let found: BTreeSet<_> = some.iter().map(|claim| claim.claimed_at).collect();
    assert_eq!(found, (120..150).map(at).collect(), "from the first second on, and not the last");
    assert!(some.iter().all(|claim| claim.warehouse_id.as_str() == "east"));
    let one = some.iter().find(|claim| claim.claimed_at == at(130)).unwrap();
    assert_eq!(one.shopper, shopper(30));
    let _released = market.shards.release(&market.sale_id, one.shard, &one.shopper).await.unwrap();
    assert_eq!(stale(&market, 120, 150).await.len(), 29, "what was given back is no claim");
}
