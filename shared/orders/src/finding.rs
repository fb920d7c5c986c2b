//! Orders as operators look for them: by status and time, and those that stock and money have not followed.

use futures_util::future::{try_join, try_join_all};
use jiff::Timestamp;
use serde::Deserialize;
use souk_domain::{
    ids::{OrderId, UserId},
    order::{Order, OrderStatus, SWEEP_SHARDS},
};
use souk_dynamo::{StoreError, Table, TimeIndex, s};

use crate::{
    Archive, Orders, Place,
    orders::{ON_THE_WAY, UNSETTLED},
};

/// Over how many partitions the orders of one status are spread. Each takes 1,000 writes a second; an order writes
/// twice into the index over its life, and once into the archive's.
const LIST_SHARDS: u32 = 4;
const BY_STATUS: &str = "by-status";
/// The last millisecond that a sort key can tell: it has 13 digits.
const LAST_PLACE: i64 = 9_999_999_999_999;

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

/// What the index of either table says of an order.
#[derive(Deserialize)]
struct Listed {
    placed: String,
    /// The archive's key has it.
    #[serde(default)]
    user_id: Option<UserId>,
}

/// An order that an index proposes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Where the list goes on behind it.
    pub place: Place,
    /// Which order.
    pub order_id: OrderId,
    /// Whose, where the archive has it: it is found there by that.
    pub archived_of: Option<UserId>,
}

#[derive(Deserialize)]
struct Id {
    order_id: OrderId,
}

/// The partition of the hot index in which an order of this status is listed. Others are listed where they stand anyway: what
/// waits for its payment is unsettled since it was placed, what was shipped is on its way, and what is delivered is in the
/// archive at once.
pub(crate) fn listed(status: OrderStatus, order_id: &OrderId) -> Option<String> {
    let is_listed = matches!(status, OrderStatus::Confirmed | OrderStatus::Cancelled);
    is_listed.then(|| listed_in_archive(status, order_id))
}

/// The partition of the archive's index in which an order is listed that has ended like this.
pub(crate) fn listed_in_archive(status: OrderStatus, order_id: &OrderId) -> String {
    partition(status, Order::shard(order_id, LIST_SHARDS))
}

fn partition(status: OrderStatus, shard: u32) -> String {
    format!("{status}#{shard}")
}

/// Orders of these statuses, hot and archived in one list, in the order in which they were placed: `limit` of them behind
/// `after`, if there are so many. One that stands in both tables is listed once. Only candidates: the indexes are
/// eventual, and what was cancelled of late may be proposed where it does not belong. The archive lists what was archived
/// since it has that index.
///
/// # Errors
/// [`StoreError`].
pub async fn in_status(
    orders: &Orders,
    archive: &Archive,
    statuses: &[OrderStatus],
    page: &Page<'_>,
) -> Result<Vec<Candidate>, StoreError> {
    let ended: Vec<OrderStatus> = statuses.iter().copied().filter(|status| status.is_terminal()).collect();
    let (hot, archived) = (orders.listed(statuses, page), by_status(&archive.table, &ended, page));
    let (hot, archived) = try_join(hot, archived).await?;
    page.first(hot.into_iter().chain(archived))
}

/// Which part of a list by status.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// When the orders were placed.
    pub placed: PlacedBetween,
    /// Which come first.
    pub direction: Direction,
    /// Behind which it begins.
    pub after: Option<&'a Place>,
    /// How many, at the most.
    pub limit: usize,
}

impl Page<'_> {
    /// The first and the last millisecond in which what it may show was placed.
    fn milliseconds(&self) -> std::ops::RangeInclusive<i64> {
        let from = self.placed.from.map_or(0, Timestamp::as_millisecond).max(0);
        let to = self.placed.to.map_or(LAST_PLACE, Timestamp::as_millisecond).min(LAST_PLACE);
        let last = self.after.and_then(Place::parts).map(|(time, _)| time);
        match self.direction {
            Direction::OldestFirst => from.max(last.unwrap_or(from))..=to,
            Direction::NewestFirst => from..=to.min(last.unwrap_or(to)),
        }
    }

    /// The first of what several partitions have, each order once.
    fn first(&self, found: impl Iterator<Item = Listed>) -> Result<Vec<Candidate>, StoreError> {
        let mut found: Vec<Listed> = found.collect();
        // Of two with one place the archive's comes first, and is kept: it says whose it is.
        found.sort_by(|a, b| (&b.placed, &b.user_id).cmp(&(&a.placed, &a.user_id)));
        // An index that is behind may show an order in its status before as well.
        found.dedup_by(|a, b| a.placed == b.placed);
        if self.direction == Direction::OldestFirst {
            found.reverse();
        }
        found.truncate(self.limit);
        let candidate = |Listed { placed, user_id }: Listed| {
            let place = Place(placed);
            let (_, order_id) = place.parts().ok_or_else(|| StoreError::corrupt("an index entry names no order"))?;
            Ok(Candidate { place, order_id, archived_of: user_id })
        };
        found.into_iter().map(candidate).collect()
    }
}

async fn by_status(table: &Table, statuses: &[OrderStatus], page: &Page<'_>) -> Result<Vec<Listed>, StoreError> {
    let window = window(page.placed, page.direction, page.after);
    let partitions = statuses.iter().flat_map(|status| (0..LIST_SHARDS).map(|shard| partition(*status, shard)));
    let found = partitions.map(|partition| in_partition(table, partition, &window, page));
    Ok(try_join_all(found).await?.into_iter().flatten().collect())
}

async fn in_partition(
    table: &Table,
    partition: String,
    (from, to): &(String, String),
    page: &Page<'_>,
) -> Result<Vec<Listed>, StoreError> {
    if from > to {
        return Ok(Vec::new());
    }
    let query = table
        .query()
        .index_name(BY_STATUS)
        .key_condition_expression("listed = :partition AND placed BETWEEN :from AND :to")
        .expression_attribute_values(":partition", s(partition))
        .expression_attribute_values(":from", s(from))
        .expression_attribute_values(":to", s(to))
        .scan_index_forward(page.direction == Direction::OldestFirst)
        .limit(i32::try_from(page.limit).unwrap_or(i32::MAX));
    let mut items = query.into_paginator().items().send();
    let mut found = Vec::new();
    while found.len() < page.limit
        && let Some(item) = items.next().await
    {
        found.push(souk_dynamo::decode(item.map_err(StoreError::from_sdk)?)?);
    }
    Ok(found)
}

impl Orders {
    /// Hot orders of these statuses, as [`in_status`] lists them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn in_status(&self, statuses: &[OrderStatus], page: &Page<'_>) -> Result<Vec<Candidate>, StoreError> {
        page.first(self.listed(statuses, page).await?.into_iter())
    }

    async fn listed(&self, statuses: &[OrderStatus], page: &Page<'_>) -> Result<Vec<Listed>, StoreError> {
        // Of those that were written before they were listed elsewhere some stand here still.
        let by_status = statuses.iter().copied().filter(|status| *status != OrderStatus::PendingPayment);
        let by_status: Vec<OrderStatus> = by_status.collect();
        let elsewhere = statuses.iter().filter_map(|status| match status {
            OrderStatus::PendingPayment => Some(UNSETTLED),
            OrderStatus::Shipped => Some(ON_THE_WAY),
            OrderStatus::Confirmed | OrderStatus::Delivered | OrderStatus::Cancelled => None,
        });
        let elsewhere = try_join_all(elsewhere.map(|index| self.within(index, page)));
        let (mut found, elsewhere) = try_join(self::by_status(&self.table, &by_status, page), elsewhere).await?;
        found.extend(elsewhere.into_iter().flatten());
        Ok(found)
    }

    /// What stands in a sweeper's index, at the places that it has where its time there is that at which it was placed.
    async fn within(&self, index: TimeIndex, page: &Page<'_>) -> Result<Vec<Listed>, StoreError> {
        let (from, to) = window(page.placed, page.direction, page.after);
        let is_shown =
            |time: i64, id: &Id| (from.as_str()..=to.as_str()).contains(&Place::at(time, &id.order_id).0.as_str());
        let shards: Vec<String> = (0..SWEEP_SHARDS).map(Order::sweep_shard_name).collect();
        let is_shown = &is_shown;
        let found = shards.iter().map(|shard| async move {
            let (window, limit) = (page.milliseconds(), page.limit);
            match page.direction {
                Direction::OldestFirst => self.table.due(index, shard, window, limit, is_shown).await,
                Direction::NewestFirst => self.table.latest(index, shard, window, limit, is_shown).await,
            }
        });
        let found = try_join_all(found).await?.into_iter().flatten();
        let listed =
            |(time, Id { order_id }): (i64, Id)| Listed { placed: Place::at(time, &order_id).0, user_id: None };
        Ok(found.map(listed).collect())
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
    let to = placed.to.map_or(LAST_PLACE, Timestamp::as_millisecond).min(LAST_PLACE);
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
