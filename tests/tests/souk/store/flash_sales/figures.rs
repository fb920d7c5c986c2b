//! What the sale costs, measured. CI runs a small rush; for the large one:
//!
//! ```sh
//! SOUK_CLAIMANTS=200000 SOUK_UNITS=10000 cargo test -p souk-tests --test souk store::flash_sales::figures -- --nocapture
//! ```

use std::{sync::Arc, time::Instant};

use souk_domain::flash_sale::ShardPlan;
use souk_flash_sales::{ClaimOutcome, PreparedOutcome, TickOutcome};

use super::{
    market::{Market, at, lottery_key, no_beacon, shopper, terms},
    rush::rush,
};

fn from_environment(name: &str, otherwise: u32) -> u32 {
    std::env::var(name).map_or(otherwise, |text| text.parse().expect("a number"))
}

#[tokio::test]
async fn a_claim_is_one_request_and_one_write_unit_up_to_the_last_of_24_in_a_shard() {
    let market = Market::open(24 * 16).await;
    let function = market.function();
    assert!(function.rooms.get(&market.sale_id, at(1)).await.unwrap().is_some());
    let (mut claims, mut units) = (0, 0.0);
    let mut fullest = 0;
    for n in 1..=380 {
        let answer = function.claims.claim(&market.sale_id, &shopper(n), at(1)).await.unwrap();
        let ClaimOutcome::Claimed(claim) = answer.outcome else { continue };
        let shard = market.shards.get(&market.sale_id, claim.shard).await.unwrap().unwrap();
        fullest = fullest.max(shard.claims.len());
        if shard.left > 0 && answer.cost.round_trips == 1 {
            assert_eq!(answer.cost.write_units, 1.0, "with {} entries", shard.claims.len());
        }
        claims += 1;
        units += answer.cost.write_units;
    }
    assert_eq!(fullest, 24);
    println!(
        "{claims} claims, up to 24 a shard: {:.2} write units each, notes of empty shards included",
        units / f64::from(claims)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_claimants_for_few_units() {
    let claimants = from_environment("SOUK_CLAIMANTS", 5_000);
    let units = from_environment("SOUK_UNITS", 500);
    let market = Market::open(units).await;
    let functions = Arc::new((0..32).map(|_| market.function()).collect::<Vec<_>>());
    let mut claimed = 0;
    let began = Instant::now();
    for second in 1..60 {
        let tally = rush(&market, &functions, 1..=u128::from(claimants), second, 128).await;
        tally.print(&format!("{claimants} claimants for {units} units, 32 functions, second {second}"));
        claimed += tally.claimed;
        if tally.try_again == 0 {
            break;
        }
    }
    println!("{:.1} s in all", began.elapsed().as_secs_f64());
    let totals = market.totals().await;
    assert_eq!((claimed, totals.claimed, totals.left), (units, units, 0));
    let rest = rush(&market, &functions, 1..=u128::from(claimants), 100, 128).await;
    rest.print("everyone again, after the sell-out");
    assert_eq!((rest.mine, rest.sold_out), (units, claimants - units));
    assert!(rest.free_losers >= claimants - units - 32, "the room is read once a second by each function");
}

/// The same code with all units in one shard stands for the one counter that everyone writes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shards_beside_a_single_counter() {
    let units = from_environment("SOUK_COUNTED_UNITS", 400);
    let many = ShardPlan::of([("east".parse().unwrap(), units)]);
    let one = serde_json::json!([{"warehouse_id": "east", "units": units, "shards": 1}]);
    let one: ShardPlan = serde_json::from_value(one).unwrap();
    let mut costs = Vec::new();
    for plan in [many, one] {
        let market = laid_out_as(&plan, units).await;
        let functions = Arc::new(vec![market.function()]);
        let began = Instant::now();
        let tally = rush(&market, &functions, 1..=u128::from(units / 2), 1, 64).await;
        let took = began.elapsed().as_secs_f64();
        assert_eq!(tally.claimed, units / 2);
        let cost = tally.winners.write_units / f64::from(tally.claimed);
        println!(
            "{} shards: {:.0} claims/s on this machine, {cost:.2} write units each; one partition key takes {:.0} claims/s",
            plan.count(),
            f64::from(tally.claimed) / took,
            1000.0 / cost,
        );
        costs.push(cost);
    }
    assert!(costs[0] < 1.3 && costs[1] > costs[0], "{costs:?}");
}

async fn laid_out_as(plan: &ShardPlan, units: u32) -> Market {
    let market = Market::empty().await;
    let id = &market.sale_id;
    let _defined = market.sales.define(id, &terms(units), &lottery_key(), at(-9)).await.unwrap();
    market.shards.create(id, plan).await.unwrap();
    assert_eq!(market.sales.prepared(id, plan).await.unwrap(), PreparedOutcome::Scheduled);
    let opened = market.conductor("c").tick(id, at(0), no_beacon).await.unwrap();
    assert!(matches!(opened, TickOutcome::Opened(_)));
    market
}
