use aws_sdk_dynamodb::types::AttributeValue;
use serde::de::DeserializeOwned;

use crate::{Item, Page, StoreError, Table, decode, n, s};

/// A sparse index over time: its partitions are shards, its sort key a number of milliseconds.
#[derive(Debug, Clone, Copy)]
pub struct TimeIndex {
    /// Its name.
    pub name: &'static str,
    /// Its partition key.
    pub shard: &'static str,
    /// Its sort key.
    pub time: &'static str,
}

impl Table {
    /// The first items of one shard whose time lies in a window (milliseconds, both ends included), oldest first, with
    /// their times. At least `limit` of those that are `wanted`, if there are so many; and all of the last one's
    /// millisecond, so that whoever goes on behind it misses none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn due<T: DeserializeOwned>(
        &self,
        index: TimeIndex,
        shard: &str,
        window: std::ops::RangeInclusive<i64>,
        limit: usize,
        wanted: impl Fn(i64, &T) -> bool,
    ) -> Result<Vec<(i64, T)>, StoreError> {
        self.within(index, shard, window, limit, wanted, true).await
    }

    /// As [`Table::due`], the youngest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn latest<T: DeserializeOwned>(
        &self,
        index: TimeIndex,
        shard: &str,
        window: std::ops::RangeInclusive<i64>,
        limit: usize,
        wanted: impl Fn(i64, &T) -> bool,
    ) -> Result<Vec<(i64, T)>, StoreError> {
        self.within(index, shard, window, limit, wanted, false).await
    }

    async fn within<T: DeserializeOwned>(
        &self,
        index: TimeIndex,
        shard: &str,
        window: std::ops::RangeInclusive<i64>,
        limit: usize,
        wanted: impl Fn(i64, &T) -> bool,
        oldest_first: bool,
    ) -> Result<Vec<(i64, T)>, StoreError> {
        if window.is_empty() {
            return Ok(Vec::new());
        }
        let query = self
            .query()
            .index_name(index.name)
            .key_condition_expression("#shard = :shard AND #time BETWEEN :from AND :to")
            .expression_attribute_names("#shard", index.shard)
            .expression_attribute_names("#time", index.time)
            .expression_attribute_values(":shard", s(shard))
            .expression_attribute_values(":from", n(window.start()))
            .expression_attribute_values(":to", n(window.end()))
            .scan_index_forward(oldest_first)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX).saturating_add(1));
        let mut items = query.into_paginator().items().send();
        let mut found: Vec<(i64, T)> = Vec::new();
        while let Some(item) = items.next().await {
            let item = item.map_err(StoreError::from_sdk)?;
            let time = milliseconds(&item, index.time)?;
            if found.len() >= limit && found.last().is_some_and(|(last, _)| *last != time) {
                break;
            }
            let value = decode(item)?;
            if wanted(time, &value) {
                found.push((time, value));
            }
        }
        Ok(found)
    }

    /// A page of one shard's items whose time is before `before` (milliseconds), oldest first; it begins where the one
    /// before ended.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn overdue<T: DeserializeOwned>(
        &self,
        index: TimeIndex,
        shard: &str,
        before: i64,
        after: Option<Item>,
    ) -> Result<Page<T>, StoreError> {
        let query = self
            .query()
            .index_name(index.name)
            .key_condition_expression("#shard = :shard AND #time < :before")
            .expression_attribute_names("#shard", index.shard)
            .expression_attribute_names("#time", index.time)
            .expression_attribute_values(":shard", s(shard))
            .expression_attribute_values(":before", n(before));
        Self::page(query, after).await
    }
}

fn milliseconds(item: &Item, name: &str) -> Result<i64, StoreError> {
    let number = item.get(name).and_then(|value| AttributeValue::as_n(value).ok());
    number.and_then(|text| text.parse().ok()).ok_or_else(|| StoreError::corrupt("an index entry has no time"))
}
