use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

// Computed by another implementation.
const PROBES_0_16: [u32; 5] = [1, 14, 11, 8, 5];
const PROBES_1_417: [u32; 5] = [363, 301, 239, 177, 115];
const PROBES_1_7: [u32; 5] = [3, 1, 6, 4, 2];

fn plan(stock: &[(&str, u32)]) -> ShardPlan {
    ShardPlan::of(stock.iter().map(|(warehouse, units)| (warehouse.parse().unwrap(), *units)))
}

#[test]
fn there_is_a_shard_for_24_units_and_16_at_least_or_one_a_unit() {
    for (units, shards) in
        [(0, 0), (1, 1), (15, 15), (16, 16), (17, 16), (384, 16), (385, 17), (500, 21), (10_000, 417), (100_000, 4_167)]
    {
        assert_eq!(plan(&[("east", units)]).count(), shards, "{units}");
    }
}

#[test]
fn no_sale_has_more_shards_than_the_bound_however_many_warehouses_round_up() {
    let names: Vec<String> = (0..100).map(|number| format!("w{number}")).collect();
    let spread: Vec<_> = names.iter().map(|name| (name.as_str(), MAX_UNITS / 100)).collect();
    let counts = [plan(&[("east", MAX_UNITS)]).count(), plan(&spread).count()];
    assert_eq!((counts, MAX_SHARDS), ([4_167, 4_200], 8_334));
}

#[test]
fn a_shard_belongs_to_one_warehouse_and_its_number_finds_it() {
    let plan = plan(&[("east", 50), ("none", 0), ("west", 2)]);
    let laid_out: Vec<_> =
        plan.shards().map(|shard| (shard.number, shard.warehouse_id.as_str(), shard.units)).collect();
    // 50 units want three shards and 2 want one; the twelve that are missing go where shards are fullest.
    let east: Vec<_> = (0..15).map(|number| (number, "east", if number < 5 { 4 } else { 3 })).collect();
    assert_eq!(laid_out[..15], east);
    assert_eq!(laid_out[15..], [(15, "west", 2)]);
    assert_eq!(plan.shard(15).map(|shard| shard.warehouse_id.as_str()), Some("west"));
    assert_eq!(plan.shard(16), None);
    assert_eq!(plan.runs().iter().map(|run| (run.units, run.shards)).collect::<Vec<_>>(), [(50, 15), (2, 1)]);
}

#[test]
fn equally_full_warehouses_share_the_shards() {
    let runs = |stock| plan(stock).runs().iter().map(|run| run.shards).collect::<Vec<_>>();
    assert_eq!(runs(&[("east", 100), ("west", 100)]), [8, 8]);
    assert_eq!(runs(&[("east", 300), ("west", 100)]), [13, 5]);
    assert_eq!(runs(&[("east", 20), ("north", 20), ("west", 20)]), [6, 5, 5]);
}

#[test]
fn a_plan_is_stored_warehouse_by_warehouse() {
    let stored = serde_json::to_value(plan(&[("east", 10_000)])).unwrap();
    assert_eq!(stored, serde_json::json!([{"warehouse_id": "east", "units": 10_000, "shards": 417}]));
    assert_eq!(serde_json::from_value::<ShardPlan>(stored).unwrap(), plan(&[("east", 10_000)]));
}

#[test]
fn a_small_sale_is_searched_through_and_a_large_one_is_not() {
    assert_eq!([0, 1, 16, 17, 4_167].map(probe_limit), [16, 16, 16, 4, 4]);
}

#[test]
fn homes_are_spread_evenly_and_so_are_the_next_shards_of_one_home() {
    let shards = 100;
    let orders: Vec<Vec<u32>> = (0..20_000).map(|n| probes(&sale(), &shopper(n), shards).take(2).collect()).collect();
    let mut homes = [0_u32; 100];
    orders.iter().for_each(|order| homes[order[0] as usize] += 1);
    // 200 each; six standard deviations are 85.
    assert!(homes.iter().all(|shoppers| (115..=285).contains(shoppers)), "{homes:?}");
    let next: BTreeSet<_> = orders.iter().filter(|order| order[0] == 7).map(|order| order[1]).collect();
    assert!(next.len() > 30, "those whose home is empty go many ways: {}", next.len());
}

/// A release of the code must not move anyone's home: the claims of a running sale stand there.
#[test]
fn the_order_never_changes() {
    let first_five = |number, shards| probes(&sale(), &shopper(number), shards).take(5).collect::<Vec<_>>();
    assert_eq!(first_five(0, 16), PROBES_0_16);
    assert_eq!(first_five(1, 417), PROBES_1_417);
    assert_eq!(first_five(1, 7), PROBES_1_7);
    let other: FlashSaleId = "camera".parse().unwrap();
    assert_ne!(
        probes(&other, &shopper(1), 417).collect::<Vec<_>>(),
        probes(&sale(), &shopper(1), 417).collect::<Vec<_>>()
    );
}

proptest! {
    #[test]
    fn every_unit_lies_in_one_shard_and_none_holds_more_than_24(
        stock in proptest::collection::btree_map(0..20_u8, 0..3_000_u32, 0..10),
    ) {
        let stock: Vec<_> = stock.into_iter().map(|(warehouse, units)| (format!("w{warehouse}"), units)).collect();
        let plan = plan(&stock.iter().map(|(warehouse, units)| (warehouse.as_str(), *units)).collect::<Vec<_>>());
        let units: u32 = stock.iter().map(|(_, units)| units).sum();
        prop_assert_eq!(plan.units(), units);
        prop_assert_eq!(plan.shards().map(|shard| shard.units).sum::<u32>(), units);
        prop_assert_eq!(plan.shards().count(), plan.count() as usize);
        prop_assert!(plan.count() >= units.div_ceil(24).max(16.min(units)));
        prop_assert!(plan.count() <= units.div_ceil(24).max(16.min(units)) + 10, "rounded up once a warehouse");
        for (warehouse, units) in &stock {
            let shards: Vec<_> = plan.shards().filter(|shard| shard.warehouse_id.as_str() == warehouse).collect();
            let sizes = || shards.iter().map(|shard| shard.units);
            prop_assert_eq!(sizes().sum::<u32>(), *units);
            prop_assert!(sizes().all(|size| (1..=24).contains(&size)));
            prop_assert!(sizes().max().unwrap_or(0) - sizes().min().unwrap_or(0) <= 1, "evenly");
        }
        for (shard, number) in plan.shards().zip(0..) {
            prop_assert_eq!(shard.number, number);
            prop_assert_eq!(plan.shard(number), Some(shard));
        }
    }

    #[test]
    fn a_shopper_tries_every_shard_once(number: u32, shards in 0..500_u32) {
        let order: Vec<_> = probes(&sale(), &shopper(number), shards).collect();
        prop_assert_eq!(order.len(), shards as usize);
        prop_assert_eq!(order.iter().copied().collect::<BTreeSet<_>>(), (0..shards).collect::<BTreeSet<_>>());
    }
}
