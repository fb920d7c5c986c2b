//! The audit of a sale: nothing while it runs as it should, and each shard that does not by its name.

use souk_domain::{
    audit::Violation,
    flash_sale::{ClaimEntry, FlashSaleEvent},
};
use souk_dynamo::{Table, Update, n};

use super::market::{Market, at, shard_of, shopper};

impl Market {
    async fn audit(&self) -> Vec<Violation> {
        self.shards.audit(&self.sale().await).await.unwrap()
    }
}

#[tokio::test]
async fn invariant_i2_a_sales_units_add_up_whatever_is_claimed_given_back_and_closed() {
    let market = Market::open(40).await;
    let function = market.function();
    assert_eq!(market.audit().await, []);
    let mut claimed = Vec::new();
    for n in [1, 2, 3] {
        claimed.push((n, shard_of(&function.claim(n, 1).await)));
    }
    assert_eq!(market.audit().await, []);
    let (n, shard) = claimed[0];
    let _released = market.shards.release(&market.sale_id, shard, &shopper(n)).await.unwrap();
    assert_eq!(market.audit().await, []);
    let _closing = market.sales.transition(&market.sale_id, FlashSaleEvent::Close, at(9)).await.unwrap();
    let _fenced = market.shards.close_all(&market.sale_id, market.sale().await.shard_count()).await.unwrap();
    assert_eq!(market.audit().await, []);
    let places = claimed.iter().map(|(n, shard)| (market.sale_id.clone(), *shard, shopper(*n)));
    let stranger = (market.sale_id.clone(), shard, shopper(99));
    let entries = market.shards.entries(places.clone().chain([stranger])).await.unwrap();
    let since = ClaimEntry::Claimed(u32::try_from(at(1).as_second()).unwrap());
    let wanted = [ClaimEntry::GivenBack, since, since];
    assert_eq!(entries, places.zip(wanted).collect());
}

#[tokio::test]
async fn a_shard_with_other_units_or_none_at_all_is_named() {
    let market = Market::open(40).await;
    let sale_id = market.sale_id.clone();
    let planned = market.sale().await.plan.shard(2).unwrap().units;
    let table = Table::new(market.client.clone(), "SaleShardsTable");
    let key = format!("{sale_id}#2");
    let found = |left| {
        let sale_id = sale_id.clone();
        [Violation::ShardUnbalanced { sale_id, shard: 2, planned, left, claimed: 0, drained: 0 }]
    };
    let spoilt = table.update(&[("shard", &key)], Update::new().set("left", n(planned + 1))).await.unwrap();
    assert!(spoilt.is_written());
    assert_eq!(market.audit().await, found(planned + 1));
    table.delete(&[("shard", &key)]).await.unwrap();
    assert_eq!(market.audit().await, found(0));
}
