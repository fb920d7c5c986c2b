use std::collections::BTreeMap;

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::stock::{Entry, Holds, tests::row};

fn checkout(n: u128) -> CheckoutId {
    CheckoutId::from_uuid(Uuid::from_u128(n.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)))
}

/// A row with so many units for sale and so many entries.
fn having(split: u16, available: u32, entries: usize) -> StockRow {
    let mut holds = Holds::default();
    (0..entries).for_each(|n| holds.put(&checkout(n as u128), Some(Entry::Held(0))));
    StockRow { split: Split::number(split), holds, ..row("s", "w", available) }
}

/// A first row whose splits have these units; so many of them are in use.
fn split_row(first: u32, splits: &[u32], used: u16) -> (StockRow, Vec<StockRow>) {
    let made = u16::try_from(splits.len()).unwrap();
    let first = StockRow { splits: Splits { made, used }, ..having(0, first, 0) };
    (first, (1..=made).zip(splits).map(|(number, units)| having(number, *units, 0)).collect())
}

/// The units of each row once the transfers were made, in the order that they name; fails where a row has too few.
fn after(first: &StockRow, splits: &[StockRow]) -> Vec<u32> {
    let mut units: BTreeMap<Split, u32> =
        std::iter::once(first).chain(splits).map(|row| (row.split, row.available)).collect();
    for Transfer { from, to, units: moved } in share_out(first, splits) {
        let left = units.get_mut(&from).unwrap();
        *left = left.checked_sub(moved).unwrap();
        *units.get_mut(&to).unwrap() += moved;
    }
    units.into_values().collect()
}

#[test]
fn a_checkout_asks_two_different_splits_and_checkouts_spread_over_all_of_them() {
    let splits = Splits { made: 16, used: 8 };
    let mut asked = BTreeMap::<Split, u32>::new();
    for n in 0..8_000 {
        let (one, other) = splits.asked_by(&checkout(n)).unwrap();
        assert_ne!(one, other);
        assert_eq!(splits.asked_by(&checkout(n)), Some((one, other)), "the same each time");
        *asked.entry(one).or_default() += 1;
        *asked.entry(other).or_default() += 1;
    }
    assert_eq!(asked.keys().map(|split| split.get()).collect::<Vec<_>>(), (1..=8).collect::<Vec<_>>());
    assert!(asked.values().all(|times| (1_700..2_300).contains(times)), "{asked:?}");
    assert_eq!(Splits { made: 4, used: 1 }.asked_by(&checkout(7)), Some((Split::number(1), Split::number(1))));
    assert_eq!(Splits { made: 4, used: 0 }.asked_by(&checkout(7)), None);
}

#[test]
fn a_row_is_split_once_it_remembers_much_and_merged_once_all_remember_little() {
    let cold = having(0, 100, MERGE_BELOW);
    assert_eq!(wanted_splits(&cold, &[]), 0);
    assert_eq!(wanted_splits(&having(0, 100, SPLIT_FROM - 1), &[]), 0, "not yet");
    assert_eq!(wanted_splits(&having(0, 100, SPLIT_FROM), &[]), 4);
    assert_eq!(wanted_splits(&having(0, 100, 1_000), &[]), 32);
    let (mut first, mut splits) = split_row(0, &[9; 4], 4);
    assert_eq!(wanted_splits(&first, &splits), 0, "nobody asks for it any more");
    splits.iter_mut().for_each(|row| row.holds = having(0, 0, 50).holds);
    assert_eq!(wanted_splits(&first, &splits), 4, "it stays as it is");
    splits[2].holds = having(0, 0, SPLIT_FROM).holds;
    assert_eq!(wanted_splits(&first, &splits), 8);
    first.holds = having(0, 0, 1_999).holds;
    splits.iter_mut().for_each(|row| row.holds = having(0, 0, 1_999).holds);
    assert_eq!(wanted_splits(&first, &splits), MAX_SPLITS);
}

#[test]
fn units_are_shared_out_evenly_and_come_back_when_it_is_over() {
    let (first, splits) = split_row(1_000, &[0, 0, 0, 0], 4);
    assert_eq!(after(&first, &splits), [0, 250, 250, 250, 250]);
    let (first, splits) = split_row(0, &[1, 40, 38, 41], 4);
    assert_eq!(after(&first, &splits), [0, 30, 30, 30, 30]);
    let (first, splits) = split_row(7, &[30, 0, 12, 5], 0);
    assert_eq!(after(&first, &splits), [54, 0, 0, 0, 0]);
    let (first, splits) = split_row(0, &[11, 9, 10, 10], 4);
    assert_eq!(share_out(&first, &splits), [], "small differences are not worth a write");
    let (first, splits) = split_row(1_003, &[0, 0, 0, 0, 60, 70], 4);
    assert_eq!(after(&first, &splits)[1..5], [283, 283, 283, 283], "what splits have that nobody asks goes too");
}

#[test]
fn a_row_asks_to_be_seen_to_at_each_step_of_its_growth_and_where_a_split_runs_low() {
    let grows = |split, from, to| having(split, 9, to).needs_sharing(&having(split, 9, from));
    assert!(grows(0, SPLIT_FROM - 1, SPLIT_FROM) && grows(3, SPLIT_FROM + 49, SPLIT_FROM + 50));
    assert!(!grows(0, SPLIT_FROM, SPLIT_FROM + 1) && !grows(0, 149, 150) && !grows(0, SPLIT_FROM, SPLIT_FROM - 1));
    let sells = |split, from, to| having(split, to, 0).needs_sharing(&having(split, from, 0));
    assert!(sells(2, 8, 7) && !sells(2, 7, 6) && !sells(0, 8, 7));
    let (first, _) = split_row(50, &[1, 1], 2);
    let before = StockRow { available: 40, ..first.clone() };
    assert!(first.needs_sharing(&before) && !before.needs_sharing(&first), "units that came lie where nobody asks");
}

proptest! {
    #[test]
    fn invariant_i2_sharing_out_moves_units_that_are_there_and_loses_none(
        first in 0..2_000_u32,
        splits in proptest::collection::vec(0..400_u32, 0..12),
        used in 0..12_u16,
    ) {
        let used = used.min(u16::try_from(splits.len()).unwrap());
        let (row, rows) = split_row(first, &splits, used);
        let found = after(&row, &rows);
        prop_assert_eq!(found.iter().sum::<u32>(), first + splits.iter().sum::<u32>());
        if used == 0 {
            prop_assert!(found[1..].iter().all(|units| *units == 0), "all are in the first row: {:?}", found);
        }
        // Once more changes nothing: what comes twice finds nothing to do.
        let (row, rows) = split_row(found[0], &found[1..], used);
        prop_assert_eq!(after(&row, &rows), found);
    }
}
