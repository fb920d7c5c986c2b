use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use jiff::{SignedDuration, Timestamp};
use souk_domain::{
    flash_sale::{FlashSaleDraft, FlashSaleTerms, LotteryKey, ShardPlan, ShopperKey},
    ids::{FlashSaleId, UserId},
    money::Money,
};
use souk_dynamo::StoreError;
use souk_flash_sales::{
    ClaimOutcome, Claims, Conductor, DefineOutcome, FlashSale, FlashSales, PreparedOutcome, RoomCache, ShardTotals,
    Shards, TickOutcome,
};
use uuid::Uuid;

pub use crate::store::at;
use crate::store::tables::Tables;
use crate::store::wire::Wire;

/// A store with one sale in it, which opens at second 0.
pub struct Market {
    pub sales: FlashSales,
    pub shards: Shards,
    pub sale_id: FlashSaleId,
    pub wire: Wire,
    pub client: Client,
}

/// A warm function: what it knows, it knows alone.
pub struct Function {
    pub claims: Arc<Claims>,
    pub rooms: Arc<RoomCache>,
    sale_id: FlashSaleId,
}

pub fn at_ms(ms: i64) -> Timestamp {
    at(0) + SignedDuration::from_millis(ms)
}

pub fn user(n: u128) -> UserId {
    Uuid::from_u128(n).to_string().parse().unwrap()
}

pub fn shopper(n: u128) -> ShopperKey {
    ShopperKey::of(&user(n)).unwrap()
}

pub fn lottery_key() -> LotteryKey {
    LotteryKey::new([7; 32])
}

pub fn draft(units: u32) -> FlashSaleDraft {
    FlashSaleDraft {
        sku: "console".parse().unwrap(),
        units,
        price: Money::usd(49_900).unwrap(),
        opens_at: at(0),
        closes_at: None,
        admission_rate: Some(100),
        expected_shoppers: None,
    }
}

pub fn terms(units: u32) -> FlashSaleTerms {
    FlashSaleTerms::new(draft(units)).unwrap()
}

/// No beacon is used.
pub async fn no_beacon(_: u64) -> Result<Option<souk_domain::flash_sale::Beacon>, String> {
    Ok(None)
}

impl Market {
    /// A store without any sale.
    pub async fn empty() -> Self {
        let (wire, client) = Wire::to_a_new_store().await;
        let tables = Tables::reached_by(client.clone());
        let sales = FlashSales::new(tables.table("SalesTable"));
        let shards = Shards::new(tables.table("SaleShardsTable"), sales.clone());
        Self { sales, shards, sale_id: "launch".parse().unwrap(), wire, client }
    }

    /// A sale on these terms that waits for its opening, its units from one warehouse.
    pub async fn scheduled(terms: &FlashSaleTerms) -> Self {
        let market = Self::empty().await;
        let defined = market.sales.define(&market.sale_id, terms, &lottery_key(), at(-3600)).await.unwrap();
        assert!(matches!(defined, DefineOutcome::Defined(_)), "{defined:?}");
        let plan = ShardPlan::of([("east".parse().unwrap(), terms.units())]);
        market.shards.create(&market.sale_id, &plan).await.unwrap();
        assert_eq!(market.sales.prepared(&market.sale_id, &plan).await.unwrap(), PreparedOutcome::Scheduled);
        market
    }

    /// A sale that opened at second 0.
    pub async fn open(units: u32) -> Self {
        let market = Self::scheduled(&terms(units)).await;
        let opened = market.conductor("first").tick(&market.sale_id, at(0), no_beacon).await.unwrap();
        assert!(matches!(opened, TickOutcome::Opened(_)), "{opened:?}");
        market
    }

    pub fn conductor(&self, name: &str) -> Conductor {
        Conductor::new(self.sales.clone(), name, SignedDuration::from_secs(5))
    }

    /// A function that knows nothing yet.
    pub fn function(&self) -> Function {
        let rooms = Arc::new(RoomCache::new(self.sales.clone()));
        let claims = Arc::new(Claims::new(self.shards.clone(), Arc::clone(&rooms)));
        Function { claims, rooms, sale_id: self.sale_id.clone() }
    }

    pub async fn sale(&self) -> FlashSale {
        self.sales.get(&self.sale_id).await.unwrap().unwrap()
    }

    pub async fn totals(&self) -> ShardTotals {
        let shards = self.sale().await.shard_count();
        self.shards.watch(&self.sale_id, shards).await.unwrap()
    }
}

impl Function {
    /// What a claim at this second ends with.
    pub async fn claim(&self, n: u128, second: i64) -> ClaimOutcome {
        self.try_claim(n, second).await.unwrap()
    }

    pub async fn try_claim(&self, n: u128, second: i64) -> Result<ClaimOutcome, StoreError> {
        Ok(self.claims.claim(&self.sale_id, &shopper(n), at(second)).await?.outcome)
    }
}

/// The shard of a unit that is the shopper's, now or before.
#[track_caller]
pub fn shard_of(outcome: &ClaimOutcome) -> u32 {
    match outcome {
        ClaimOutcome::Claimed(claim) | ClaimOutcome::AlreadyClaimed(claim) => claim.shard,
        other => panic!("{other:?}"),
    }
}
