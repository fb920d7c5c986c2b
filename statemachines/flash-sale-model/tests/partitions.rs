//! The relations on which the number of shards rests.

use souk_flash_sale_model::partitions::{Layout, shards_for};

const UNITS: usize = 10_000;

fn median(layout: &Layout, partitions: usize) -> f64 {
    layout.carries(partitions, 501, 7).median
}

fn of(counters: usize) -> Layout {
    Layout { name: "", counters, counter_units: 1.0, claim_units: 0.0 }
}

#[test]
fn shards_of_10_000_units_carry_20_000_claims_a_second_on_32_partitions() {
    let layout = Layout::claims_in_shards("", UNITS, 24);
    assert_eq!(layout.counters, 417);
    // The fullest partition of most hashings has 21 of them, of many only 20: 19,857 or 20,850.
    assert!(median(&layout, 32) >= 20_000.0 * 0.99, "{}", median(&layout, 32));
    assert!(median(&of(440), 32) >= 20_000.0);
    assert!(median(&layout, 36) > 20_000.0);
}

#[test]
fn a_new_table_of_four_partitions_does_not_carry_them_with_any_number_of_shards() {
    assert!(median(&of(10_000), 4) < 4_000.0);
    assert_eq!(shards_for(20_000.0, 4, 101, 7), None);
}

#[test]
fn one_counter_carries_a_thousand_on_any_number_of_partitions() {
    for partitions in [1, 4, 32, 256] {
        assert_eq!(median(&of(1), partitions), 1_000.0);
    }
}

#[test]
fn a_transaction_halves_plain_counters_and_both_stay_below_shards_with_claims() {
    let layouts = Layout::all(UNITS);
    let named = |name: &str| layouts.iter().find(|layout| layout.name == name).unwrap();
    let plain = named("32 plain counters + a claim item");
    let transaction = named("the same in one transaction");
    for partitions in [4, 32, 100, 256] {
        assert_eq!(median(transaction, partitions) * 2.0, median(plain, partitions));
        assert!(median(plain, partitions) * 2.0 < median(&Layout::claims_in_shards("", UNITS, 24), partitions));
    }
}

#[test]
fn more_partitions_need_fewer_shards() {
    let needed = [32, 64, 100].map(|partitions| shards_for(20_000.0, partitions, 201, 7).unwrap());
    assert!(needed.is_sorted_by(|more, fewer| more > fewer), "{needed:?}");
    assert!((400..=500).contains(&needed[0]), "{needed:?}");
}
