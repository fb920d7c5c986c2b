//! Orders as operators look for them: by status and time, and those that stock and money have not followed.

use futures_util::future::try_join_all;
use jiff::Timestamp;
use serde::Deserialize;
use souk_domain::{
    ids::OrderId,
    order::{Order, OrderStatus, SWEEP_SHARDS},
};
use souk_dynamo::{StoreError, s};

use crate::{Orders, Place, orders::UNSETTLED};

/// Over how many partitions the orders of one status are spread. Each takes 1,000 writes a second; an order writes
/// seven times into the index over its life, two at a time.
const LIST_SHARDS: u32 = 4;
const BY_STATUS: &str = "by-status";

/// Which orders, by when they were placed; both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PlacedBetween {
    /// The first moment.
    pub from: Option<Timestamp>,
    /// The last one.
    pub to: Option<Timestamp>,
}

/// Which come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Those that were placed last.
    NewestFirst,
    /// Those that were placed first.
    OldestFirst,
}

#[derive(Deserialize)]
struct Listed {
    order_id: OrderId,
    placed: String,
}

#[derive(Deserialize)]
struct Id {
    order_id: OrderId,
}

/// The partition of the index in which an order of this status is listed.
pub(crate) fn listed(status: OrderStatus, order_id: &OrderId) -> String {
    partition(status, Order::shard(order_id, LIST_SHARDS))
}

fn partition(status: OrderStatus, shard: u32) -> String {
    format!("{status}#{shard}")
}

impl Orders {
    /// Hot orders of these statuses, in the order in which they were placed: `limit` of them behind `after`, if there
    /// are so many. Only candidates: the index is eventual.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn in_status(
        &self,
        statuses: &[OrderStatus],
        placed: PlacedBetween,
        direction: Direction,
        after: Option<&Place>,
        limit: usize,
    ) -> Result<Vec<(Place, OrderId)>, StoreError> {
        let window = window(placed, direction, after);
        let partitions = statuses.iter().flat_map(|status| (0..LIST_SHARDS).map(|shard| partition(*status, shard)));
        let found = try_join_all(partitions.map(|partition| self.partition(partition, &window, direction, limit)));
        let mut found: Vec<Listed> = found.await?.into_iter().flatten().collect();
        found.sort_by(|a, b| a.placed.cmp(&b.placed));
        if direction == Direction::NewestFirst {
            found.reverse();
        }
        // An index that is behind may show an order in its status before as well.
        found.dedup_by(|a, b| a.placed == b.placed);
        found.truncate(limit);
        Ok(found.into_iter().map(|listed| (Place(listed.placed), listed.order_id)).collect())
    }

    async fn partition(
        &self,
        partition: String,
        (from, to): &(String, String),
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<Listed>, StoreError> {
        if from > to {
            return Ok(Vec::new());
        }
        let query = self
            .table
            .query()
            .index_name(BY_STATUS)
            .key_condition_expression("listed = :partition AND placed BETWEEN :from AND :to")
            .expression_attribute_values(":partition", s(partition))
            .expression_attribute_values(":from", s(from))
            .expression_attribute_values(":to", s(to))
            .scan_index_forward(direction == Direction::OldestFirst)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX));
        let mut items = query.into_paginator().items().send();
        let mut found = Vec::new();
        while found.len() < limit
            && let Some(item) = items.next().await
        {
            found.push(souk_dynamo::decode(item.map_err(StoreError::from_sdk)?)?);
        }
        Ok(found)
    }

    /// Orders that stock or money has not followed since before `before`, those first that wait longest: `limit` of
    /// them behind `after`, if there are so many. Only candidates.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn stuck(
        &self,
        before: Timestamp,
        after: Option<&Place>,
        limit: usize,
    ) -> Result<Vec<(Place, OrderId)>, StoreError> {
        let from = after.and_then(Place::parts).map_or(0, |(time, _)| time);
        let is_behind = |time, id: &Id| after.is_none_or(|after| Place::at(time, &id.order_id) > *after);
        let shards: Vec<String> = (0..SWEEP_SHARDS).map(Order::sweep_shard_name).collect();
        let window = from..=before.as_millisecond();
        let found = shards.iter().map(|shard| self.table.due(UNSETTLED, shard, window.clone(), limit, is_behind));
        let found = try_join_all(found).await?.into_iter().flatten();
        Ok(found.map(|(time, Id { order_id })| (Place::at(time, &order_id), order_id)).collect())
    }
}

/// The first and the last sort key that may be shown.
fn window(placed: PlacedBetween, direction: Direction, after: Option<&Place>) -> (String, String) {
    let from = placed.from.map_or(0, Timestamp::as_millisecond).max(0);
    let to = placed.to.map_or(i64::MAX, Timestamp::as_millisecond).min(9_999_999_999_999);
    // Behind any id of that millisecond.
    let (mut from, mut to) = (format!("{from:013}#"), format!("{to:013}#~"));
    if let Some(Place(after)) = after {
        match direction {
            // Ids end in hexadecimal digits: nothing lies between a key and the key with one of these behind it.
            Direction::OldestFirst => from = from.max(format!("{after}!")),
            Direction::NewestFirst => to = to.min(before(after)),
        }
    }
    (from, to)
}

/// A text below this key and above every key that is below it: the key's last character is lowered and followed by
/// what is above any other.
fn before(key: &str) -> String {
    let mut lower = key.to_owned();
    let last = lower.pop().and_then(|c| char::from_u32(u32::from(c).saturating_sub(1))).unwrap_or('!');
    lower.push(last);
    lower.push('~');
    lower
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_goes_on_behind_the_last_one_and_shows_nothing_twice() {
        let keys = ["0000000000001#ord_a0", "0000000000001#ord_af", "0000000000002#ord_00", "0000000000002#ord_0f"];
        for (position, key) in keys.iter().enumerate() {
            let after = Place((*key).to_owned());
            let shown = |direction| {
                let (from, to) = window(PlacedBetween::default(), direction, Some(&after));
                keys.iter().filter(|key| (from.as_str()..=to.as_str()).contains(*key)).count()
            };
            assert_eq!(shown(Direction::OldestFirst), keys.len() - position - 1, "{key}");
            assert_eq!(shown(Direction::NewestFirst), position, "{key}");
        }
    }

    #[test]
    fn both_ends_of_a_window_are_included() {
        let at = |millisecond| Timestamp::from_millisecond(millisecond).unwrap();
        let placed = PlacedBetween { from: Some(at(5)), to: Some(at(7)) };
        let (from, to) = window(placed, Direction::NewestFirst, None);
        for (key, is_in) in [
            ("0000000000004#ord_f", false),
            ("0000000000005#ord_0", true),
            ("0000000000007#ord_f", true),
            ("0000000000008#ord_0", false),
        ] {
            assert_eq!((from.as_str()..=to.as_str()).contains(&key), is_in, "{key}");
        }
    }
}
