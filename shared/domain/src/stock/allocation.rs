use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::ids::{Sku, WarehouseId};

/// Up to so many warehouses, every set of them is tried, so that the parcels are the fewest possible.
/// Beyond, the search would take too long; a warehouse that helps most is added until all is served.
const EXACT_UP_TO: usize = 12;

/// How many units of each SKU are wanted. Lines that share a SKU are one demand: they come out of the
/// same rows, and a transaction may touch a row once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Demand(BTreeMap<Sku, u32>);

impl Demand {
    /// The sum of lines, per SKU.
    pub fn of_lines<'a, Units: Into<u32>>(lines: impl IntoIterator<Item = (&'a Sku, Units)>) -> Self {
        let mut sums = BTreeMap::new();
        for (sku, quantity) in lines {
            let sum: &mut u32 = sums.entry(sku.clone()).or_default();
            *sum = sum.saturating_add(quantity.into());
        }
        Self(sums)
    }

    /// So many units of one SKU, also more than a line may have.
    pub fn of_units(sku: &Sku, units: u32) -> Self {
        Self(BTreeMap::from([(sku.clone(), units)]))
    }

    /// The SKUs.
    pub fn skus(&self) -> impl Iterator<Item = &Sku> {
        self.0.keys()
    }
}

/// Units of one SKU that come out of one warehouse.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Allocation {
    /// Which SKU.
    pub sku: Sku,
    /// Where from.
    pub warehouse_id: WarehouseId,
    /// How many units.
    pub quantity: u32,
}

/// All warehouses together hold too little of a SKU.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{sku}: {requested} wanted, {available} available")]
pub struct Shortage {
    /// Which SKU.
    pub sku: Sku,
    /// Units wanted.
    pub requested: u32,
    /// Units that could be had.
    pub available: u32,
}

/// Chooses the warehouses: as few parcels as possible; among equals those that come first in the
/// caller's order (nearest first), then by id. `available` is what each warehouse can sell.
///
/// # Errors
/// [`Shortage`] for the first SKU that all warehouses together cannot serve.
pub fn allocate(
    demand: &Demand,
    available: &[Allocation],
    nearest: &[WarehouseId],
) -> Result<Vec<Allocation>, Shortage> {
    let stock = Stock::of(available);
    for (sku, requested) in &demand.0 {
        let available = stock.total(sku);
        if available < *requested {
            return Err(Shortage { sku: sku.clone(), requested: *requested, available });
        }
    }
    let warehouses = by_nearness(available, nearest);
    let chosen = if warehouses.len() <= EXACT_UP_TO {
        smallest_set(demand, &stock, &warehouses)
    } else {
        greedy_set(demand, &stock, &warehouses)
    };
    Ok(demand.0.iter().flat_map(|(sku, wanted)| take(sku, *wanted, &stock, &chosen)).collect())
}

/// Available units by SKU and warehouse.
struct Stock<'a>(BTreeMap<(&'a Sku, &'a WarehouseId), u32>);

impl<'a> Stock<'a> {
    fn of(available: &'a [Allocation]) -> Self {
        Self(available.iter().map(|part| ((&part.sku, &part.warehouse_id), part.quantity)).collect())
    }

    fn at(&self, sku: &Sku, warehouse: &WarehouseId) -> u32 {
        self.0.get(&(sku, warehouse)).copied().unwrap_or(0)
    }

    fn total(&self, sku: &Sku) -> u32 {
        self.0.iter().filter(|((s, _), _)| *s == sku).fold(0, |sum, (_, units)| sum.saturating_add(*units))
    }

    /// How many of the wanted units these warehouses have together.
    fn served(&self, demand: &Demand, warehouses: &[&WarehouseId]) -> u64 {
        let units = |sku| warehouses.iter().fold(0_u32, |sum, w| sum.saturating_add(self.at(sku, w)));
        demand.0.iter().map(|(sku, wanted)| u64::from(units(sku).min(*wanted))).sum()
    }
}

impl Demand {
    fn units(&self) -> u64 {
        self.0.values().map(|units| u64::from(*units)).sum()
    }
}

fn by_nearness<'a>(available: &'a [Allocation], nearest: &[WarehouseId]) -> Vec<&'a WarehouseId> {
    let stocked: BTreeSet<_> =
        available.iter().filter(|part| part.quantity > 0).map(|part| &part.warehouse_id).collect();
    let mut warehouses: Vec<_> = stocked.into_iter().collect();
    // Stable: warehouses that the caller did not name stay in order of their ids, after the named ones.
    warehouses.sort_by_key(|w| nearest.iter().position(|near| near == *w).unwrap_or(usize::MAX));
    warehouses
}

/// The first set, by size and then by nearness, that serves all. There is one: there is no shortage.
fn smallest_set<'a>(demand: &Demand, stock: &Stock<'_>, warehouses: &[&'a WarehouseId]) -> Vec<&'a WarehouseId> {
    let wanted = demand.units();
    (1..=warehouses.len())
        .find_map(|size| {
            first_combination(warehouses, size, &mut Vec::new(), &|set| stock.served(demand, set) == wanted)
        })
        .unwrap_or_default()
}

/// The first combination in lexicographic order that is accepted.
fn first_combination<'a>(
    from: &[&'a WarehouseId],
    size: usize,
    chosen: &mut Vec<&'a WarehouseId>,
    accept: &dyn Fn(&[&WarehouseId]) -> bool,
) -> Option<Vec<&'a WarehouseId>> {
    if size == 0 {
        return accept(chosen).then(|| chosen.clone());
    }
    for (index, warehouse) in from.iter().enumerate() {
        chosen.push(warehouse);
        if let Some(found) = first_combination(&from[index + 1..], size - 1, chosen, accept) {
            return Some(found);
        }
        chosen.pop();
    }
    None
}

/// Adds whichever warehouse serves most of what is still missing; the nearer one among equals.
fn greedy_set<'a>(demand: &Demand, stock: &Stock<'_>, warehouses: &[&'a WarehouseId]) -> Vec<&'a WarehouseId> {
    let mut chosen: Vec<&WarehouseId> = Vec::new();
    let mut left: Vec<&WarehouseId> = warehouses.to_vec();
    while stock.served(demand, &chosen) < demand.units() && !left.is_empty() {
        let served_with = |w: &&'a WarehouseId| {
            let mut with = chosen.clone();
            with.push(w);
            stock.served(demand, &with)
        };
        // `max_by_key` prefers the last of equals: look from the far end.
        let best = (0..left.len()).rev().max_by_key(|index| served_with(&left[*index])).unwrap_or(0);
        chosen.push(left.remove(best));
    }
    chosen.sort_by_key(|w| warehouses.iter().position(|other| other == w));
    chosen
}

/// One SKU out of the chosen warehouses: whole from the nearest that has enough, so that few rows are
/// written; else from the nearest on until it is complete.
fn take(sku: &Sku, wanted: u32, stock: &Stock<'_>, chosen: &[&WarehouseId]) -> Vec<Allocation> {
    let allocation =
        |warehouse: &WarehouseId, quantity| Allocation { sku: sku.clone(), warehouse_id: warehouse.clone(), quantity };
    if let Some(whole) = chosen.iter().find(|w| stock.at(sku, w) >= wanted) {
        return vec![allocation(whole, wanted)];
    }
    let mut missing = wanted;
    let mut parts = Vec::new();
    for warehouse in chosen {
        let part = stock.at(sku, warehouse).min(missing);
        if part > 0 {
            parts.push(allocation(warehouse, part));
            missing -= part;
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::quantity::Quantity;

    /// So many units that a warehouse can sell.
    fn row(sku: &str, warehouse: &str, quantity: u32) -> Allocation {
        Allocation { sku: sku.parse().unwrap(), warehouse_id: warehouse.parse().unwrap(), quantity }
    }

    fn demand(lines: &[(&str, u32)]) -> Demand {
        let lines: Vec<(Sku, Quantity)> =
            lines.iter().map(|(sku, n)| (sku.parse().unwrap(), Quantity::new(*n).unwrap())).collect();
        Demand::of_lines(lines.iter().map(|(sku, n)| (sku, *n)))
    }

    fn plan(lines: &[(&str, u32)], rows: &[Allocation], nearest: &[&str]) -> Vec<String> {
        let nearest: Vec<WarehouseId> = nearest.iter().map(|w| w.parse().unwrap()).collect();
        let plan = allocate(&demand(lines), rows, &nearest).unwrap();
        plan.iter().map(|a| format!("{}x{}@{}", a.quantity, a.sku, a.warehouse_id)).collect()
    }

    #[test]
    fn one_parcel_from_afar_beats_two_from_nearby() {
        let rows = [row("a", "near", 1), row("b", "near", 0), row("a", "far", 1), row("b", "far", 1)];
        assert_eq!(plan(&[("a", 1), ("b", 1)], &rows, &["near", "far"]), ["1xa@far", "1xb@far"]);
    }

    #[test]
    fn among_equals_the_callers_order_decides_and_then_the_id() {
        let rows = [row("a", "w1", 5), row("a", "w2", 5), row("a", "w3", 5)];
        assert_eq!(plan(&[("a", 5)], &rows, &["w3"]), ["5xa@w3"]);
        assert_eq!(plan(&[("a", 5)], &rows, &[]), ["5xa@w1"]);
    }

    #[test]
    fn a_sku_that_no_warehouse_holds_alone_is_split() {
        let rows = [row("a", "w1", 3), row("a", "w2", 4)];
        assert_eq!(plan(&[("a", 6)], &rows, &["w2"]), ["4xa@w2", "2xa@w1"]);
    }

    /// Up to twelve warehouses the parcels are the fewest possible, and an empty warehouse counts for none:
    /// taking the one that helps most first would make three parcels here.
    #[test]
    fn an_empty_warehouse_does_not_make_the_search_coarse() {
        let best_first = [row("a", "w01", 4), row("b", "w01", 4)];
        let pair = [row("a", "w02", 5), row("b", "w02", 1), row("a", "w03", 1), row("b", "w03", 5)];
        let others = (4..=12).map(|n| row("a", &format!("w{n:02}"), 1));
        let rows: Vec<_> = best_first.into_iter().chain(pair).chain(others).chain([row("a", "w13", 0)]).collect();
        assert_eq!(plan(&[("a", 6), ("b", 6)], &rows, &[]), ["5xa@w02", "1xa@w03", "1xb@w02", "5xb@w03"]);
    }

    #[test]
    fn lines_that_share_a_sku_are_one_demand() {
        let rows = [row("a", "w1", 3)];
        assert_eq!(plan(&[("a", 1), ("a", 2)], &rows, &[]), ["3xa@w1"]);
        let shortage = allocate(&demand(&[("a", 2), ("a", 2)]), &rows, &[]).unwrap_err();
        assert_eq!((shortage.requested, shortage.available), (4, 3));
    }

    #[test]
    fn among_few_warehouses_no_smaller_set_is_missed() {
        let rows = [row("a", "g", 1), row("b", "g", 1), row("a", "x", 2), row("b", "y", 2)];
        assert_eq!(plan(&[("a", 2), ("b", 2)], &rows, &["g"]), ["2xa@x", "2xb@y"]);
    }

    #[test]
    fn among_many_warehouses_few_are_chosen_and_the_nearer_gives_first() {
        let warehouse = |n: u32| format!("w{n:02}");
        let mut rows: Vec<_> = (0..30).map(|n| row("a", &warehouse(n), 1)).collect();
        rows.extend([row("a", "x", 1), row("b", "x", 1)]);
        assert_eq!(plan(&[("a", 1), ("b", 1)], &rows, &[]), ["1xa@x", "1xb@x"]);

        let mut rows: Vec<_> = (0..30).map(|n| row("z", &warehouse(n), 1)).collect();
        rows.extend([row("a", "w05", 1), row("a", "w19", 2)]);
        assert_eq!(plan(&[("a", 3)], &rows, &[]), ["1xa@w05", "2xa@w19"]);
        assert_eq!(demand(&[("a", 1), ("b", 1)]).skus().map(Sku::as_str).collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn a_sale_may_ask_for_more_units_than_a_line() {
        let rows = [row("a", "w1", 5_000)];
        let plan = allocate(&Demand::of_units(&"a".parse().unwrap(), 4_000), &rows, &[]).unwrap();
        assert_eq!(plan.iter().map(|part| part.quantity).collect::<Vec<_>>(), [4_000]);
    }

    proptest! {
        #[test]
        fn what_is_allocated_is_what_was_asked_and_never_more_than_there_is(
            stock in proptest::collection::vec((0..4_u8, 0..15_u8, 0..6_u32), 0..40),
            lines in proptest::collection::vec((0..4_u8, 1..6_u32), 1..8),
        ) {
            let rows: BTreeMap<_, _> = stock
                .iter()
                .map(|(s, w, n)| ((*s, *w), row(&format!("s{s}"), &format!("w{w:02}"), *n)))
                .collect();
            let rows: Vec<_> = rows.into_values().collect();
            let lines: Vec<_> = lines.iter().map(|(s, n)| (format!("s{s}"), *n)).collect();
            let demand = demand(&lines.iter().map(|(s, n)| (s.as_str(), *n)).collect::<Vec<_>>());
            match allocate(&demand, &rows, &[]) {
                Ok(plan) => {
                    for (sku, wanted) in &demand.0 {
                        let got: u32 = plan.iter().filter(|a| a.sku == *sku).map(|a| a.quantity).sum();
                        prop_assert_eq!(got, *wanted);
                    }
                    let mut touched = BTreeSet::new();
                    for part in &plan {
                        prop_assert!(part.quantity > 0);
                        prop_assert!(touched.insert((&part.sku, &part.warehouse_id)), "a row twice");
                        let row = rows.iter().find(|r| r.sku == part.sku && r.warehouse_id == part.warehouse_id);
                        prop_assert!(row.is_some_and(|row| row.quantity >= part.quantity));
                    }
                }
                Err(shortage) => {
                    let there: u32 = rows.iter().filter(|r| r.sku == shortage.sku).map(|r| r.quantity).sum();
                    prop_assert_eq!(there, shortage.available);
                    prop_assert!(there < shortage.requested);
                }
            }
        }
    }
}
