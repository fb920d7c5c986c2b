use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use souk_domain::{
    ids::{OrderId, UserId},
    order::Order,
};
use souk_dynamo::{StoreError, Table, s};

use crate::{Archive, OrderRecord, Orders, record::key};

/// Where a list of orders goes on: the sort key of the last one shown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place(pub(crate) String);

impl Place {
    /// Where a list that is sorted by this time (milliseconds), then by id, goes on.
    pub fn at(milliseconds: i64, order_id: &OrderId) -> Self {
        Self(key(milliseconds, order_id))
    }

    /// The place of an order among those that are sorted by when they were placed.
    pub fn of(order: &Order) -> Self {
        Self(Archive::sort_key(order))
    }

    /// Time and id of the last one shown; `None` where somebody has made the place up.
    pub fn parts(&self) -> Option<(i64, OrderId)> {
        let (time, order_id) = self.0.split_once('#')?;
        Some((time.parse().ok()?, order_id.parse().ok()?))
    }
}

/// One page of a user's orders, newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderPage {
    /// The orders.
    pub orders: Vec<Order>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<Place>,
}

/// A user's orders, newest first, hot and archived in one list. An order that stands in both is shown
/// once, as the hot table has it.
///
/// # Errors
/// [`StoreError`].
pub async fn list(
    orders: &Orders,
    archive: &Archive,
    user_id: &UserId,
    after: Option<&Place>,
    limit: usize,
) -> Result<OrderPage, StoreError> {
    let keys: Vec<Key> = newest(&orders.table, Some("by-user-keys"), user_id, after, limit).await?;
    let archived: Vec<OrderRecord> = newest(&archive.table, None, user_id, after, limit).await?;
    // What has left the hot table since the index was written stands in the archive.
    let keys: Vec<_> = keys.iter().map(|key| [("order_id", key.order_id.as_str())]).collect();
    let hot = orders.table.get_many(&keys, false).await?.into_iter().map(souk_dynamo::decode::<OrderRecord>);
    let hot: Vec<OrderRecord> = hot.collect::<Result<_, _>>()?;
    let mut merged = BTreeMap::new();
    for order in archived.into_iter().chain(hot).map(Order::from) {
        merged.insert(Archive::sort_key(&order), order);
    }
    let more = merged.len() > limit;
    let page: Vec<_> = merged.into_iter().rev().take(limit).collect();
    let next = page.last().filter(|_| more).map(|(key, _)| Place(key.clone()));
    Ok(OrderPage { orders: page.into_iter().map(|(_, order)| order).collect(), next })
}

/// What the index says of an order.
#[derive(Deserialize)]
struct Key {
    order_id: OrderId,
}

/// One item more than the page holds, so that it is known whether another page follows.
async fn newest<T: DeserializeOwned>(
    table: &Table,
    index: Option<&str>,
    user_id: &UserId,
    after: Option<&Place>,
    limit: usize,
) -> Result<Vec<T>, StoreError> {
    let mut query = table
        .query()
        .set_index_name(index.map(str::to_owned))
        .expression_attribute_values(":user", s(user_id.as_str()))
        .scan_index_forward(false)
        .limit(i32::try_from(limit).unwrap_or(i32::MAX).saturating_add(1));
    query = match after {
        None => query.key_condition_expression("user_id = :user"),
        Some(Place(key)) => query
            .key_condition_expression("user_id = :user AND placed < :after")
            .expression_attribute_values(":after", s(key)),
    };
    let mut items = query.into_paginator().items().send();
    let mut found = Vec::new();
    while let Some(item) = items.next().await {
        let item = item.map_err(StoreError::from_sdk)?;
        found.push(souk_dynamo::decode(item)?);
        if found.len() > limit {
            break;
        }
    }
    Ok(found)
}
