use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use souk_domain::ids::Sku;

/// How many companions are counted of a SKU.
const COMPANIONS_MAX: usize = 50;
/// How many orders a SKU remembers: an order that is told again is told within minutes.
const ORDERS_MAX: usize = 50;
/// After so many days an order counts half.
const HALF_LIFE_DAYS: f64 = 90.0;
/// A pair that fewer orders have is nobody's business: it may be one person's habit.
const SHOWN_FROM: f64 = 3.0;
const DAY_SECONDS: f64 = 86_400.0;

/// What is known of a SKU.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Counts {
    /// Raised by one at every change.
    #[serde(default)]
    pub(super) version: u64,
    /// To when the counts are weighed, in seconds.
    #[serde(default)]
    weighed_at: i64,
    #[serde(default)]
    companions: BTreeMap<Sku, f64>,
    /// Digests of the orders that were counted last.
    #[serde(default)]
    orders: VecDeque<String>,
}

impl Counts {
    /// The counts after one more order; `None` where it is among those that were counted.
    ///
    /// A companion that finds no place takes one from each of the others (Misra and Gries): whatever stands in more than
    /// one of fifty-one orders stays, and no count is ever more than there were orders.
    pub(super) fn with(mut self, order: &str, others: &[&Sku], now: Timestamp) -> Option<Self> {
        if self.orders.iter().any(|counted| counted == order) {
            return None;
        }
        self.weigh(now);
        for other in others {
            if let Some(count) = self.companions.get_mut(*other) {
                *count += 1.0;
            } else if self.companions.len() < COMPANIONS_MAX {
                self.companions.insert((*other).clone(), 1.0);
            } else {
                self.companions.values_mut().for_each(|count| *count -= 1.0);
                self.companions.retain(|_, count| *count > 0.0);
            }
        }
        self.orders.push_back(order.to_owned());
        if self.orders.len() > ORDERS_MAX {
            self.orders.pop_front();
        }
        self.version += 1;
        Some(self)
    }

    /// The companions that may be shown.
    pub(super) fn shown(mut self, now: Timestamp) -> impl Iterator<Item = (Sku, f64)> {
        self.weigh(now);
        self.companions.into_iter().filter(|(_, count)| *count >= SHOWN_FROM)
    }

    /// Old orders count less and less. A clock that goes back changes nothing.
    fn weigh(&mut self, now: Timestamp) {
        let passed = (now.as_second() - self.weighed_at).max(0);
        let weight = (-(passed as f64) / (HALF_LIFE_DAYS * DAY_SECONDS)).exp2();
        // DynamoDB keeps 38 digits and no number as small as a float can be.
        self.companions.values_mut().for_each(|count| *count = (*count * weight * 1e6).round() / 1e6);
        self.companions.retain(|_, count| *count > 0.0);
        self.weighed_at = self.weighed_at.max(now.as_second());
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn sku(name: impl std::fmt::Display) -> Sku {
        name.to_string().parse().unwrap()
    }

    fn at(day: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * (20_000 + day))
    }

    fn bought(counts: Counts, order: u32, others: &[&str], now: Timestamp) -> Counts {
        let others: Vec<_> = others.iter().map(sku).collect();
        counts.with(&order.to_string(), &others.iter().collect::<Vec<_>>(), now).expect("a new order")
    }

    fn names(counts: &Counts, now: Timestamp) -> Vec<String> {
        counts.clone().shown(now).map(|(sku, _)| sku.to_string()).collect()
    }

    #[test]
    fn what_three_orders_have_is_shown() {
        let mut counts = Counts::default();
        for order in 0..3 {
            counts = bought(counts, order, &["milk", "tea"], at(0));
            if order < 2 {
                assert_eq!(names(&counts, at(0)), [""; 0]);
            }
        }
        counts = bought(counts, 3, &["tea", "jam"], at(0));
        assert_eq!(names(&counts, at(0)), ["milk", "tea"]);
    }

    #[test]
    fn an_order_that_is_told_twice_counts_once() {
        let counts = bought(Counts::default(), 1, &["tea"], at(0));
        assert_eq!(counts.clone().with("1", &[&sku("tea")], at(0)), None);
        assert!(counts.with("2", &[&sku("tea")], at(0)).is_some());
    }

    #[test]
    fn what_nobody_buys_any_more_is_forgotten() {
        let mut counts = Counts::default();
        for order in 0..5 {
            counts = bought(counts, order, &["tea"], at(0));
        }
        assert_eq!((names(&counts, at(60)), names(&counts, at(90))), (vec!["tea".to_owned()], vec![]));
    }

    #[test]
    fn an_item_stays_small_and_keeps_what_is_frequent() {
        let mut counts = Counts::default();
        for order in 0..1_000 {
            let rare = format!("rare-{order}");
            let others = if order % 10 == 0 { vec!["tea", rare.as_str()] } else { vec![rare.as_str()] };
            counts = bought(counts, order, &others, at(0));
            assert!(counts.companions.len() <= COMPANIONS_MAX && counts.orders.len() <= ORDERS_MAX);
        }
        assert_eq!(names(&counts, at(0)), ["tea"]);
        let count = counts.companions[&sku("tea")];
        assert!((3.0..=100.0).contains(&count), "{count}");
    }
}
