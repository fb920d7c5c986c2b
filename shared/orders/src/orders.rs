use jiff::Timestamp;
use serde::Deserialize;
use souk_domain::{ids::OrderId, order::Order};
use souk_dynamo::{Item, Page, Segment, StoreError, Table, TimeIndex};
use souk_wiring::FromEnvironment;

use crate::OrderRecord;

pub(crate) const UNSETTLED: TimeIndex = TimeIndex { name: "unsettled", shard: "unsettled", time: "unsettled_since" };
pub(crate) const ON_THE_WAY: TimeIndex =
    TimeIndex { name: "on-the-way", shard: "on_the_way", time: "on_the_way_since" };

/// The hot `orders` table: every order that is not yet a month past its end.
#[derive(Debug, Clone, FromEnvironment)]
pub struct Orders {
    #[variable("ORDERS_TABLE")]
    pub(crate) table: Table,
}

/// What a sweeper needs to know of an order.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Candidate {
    order_id: OrderId,
}

impl Orders {
    /// The orders in this table (key `order_id`; indexes `by-user-keys`, `by-status`, `unsettled`, `on-the-way`).
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// An order, read consistently.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn get(&self, order_id: &OrderId) -> Result<Option<Order>, StoreError> {
        let record: Option<OrderRecord> = self.table.get(&[("order_id", order_id.as_str())]).await?;
        Ok(record.map(Order::from))
    }

    /// An order as it stood a moment ago, at half the price: for what a condition or a second look decides.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn recent(&self, order_id: &OrderId) -> Result<Option<Order>, StoreError> {
        let record: Option<OrderRecord> = self.table.get_eventually(&[("order_id", order_id.as_str())]).await?;
        Ok(record.map(Order::from))
    }

    /// An order that is not older than this version of it, of which an event tells; where no version is known, read
    /// consistently.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn since(&self, order_id: &OrderId, version: Option<u64>) -> Result<Option<Order>, StoreError> {
        let Some(version) = version else { return self.get(order_id).await };
        let suffices = |seen: &OrderRecord| seen.version() >= version;
        let record = self.table.get_sufficing(&[("order_id", order_id.as_str())], suffices).await?;
        Ok(record.map(Order::from))
    }

    /// One page of all hot orders, read consistently item by item; a page begins where the one before ended.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn scan_page(&self, after: Option<Item>) -> Result<Page<Order>, StoreError> {
        Ok(self.table.scan_page::<OrderRecord>(after).await?.map(Order::from))
    }

    /// As [`Orders::scan_page`], of a part of them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn scan_segment(&self, segment: Segment, after: Option<Item>) -> Result<Page<Order>, StoreError> {
        Ok(self.table.scan_segment::<OrderRecord>(segment, after).await?.map(Order::from))
    }

    /// Many orders, read consistently; those that are not there are left out.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn many(&self, order_ids: &[OrderId]) -> Result<Vec<Order>, StoreError> {
        let keys: Vec<_> = order_ids.iter().map(|id| [("order_id", id.as_str())]).collect();
        let records: Vec<OrderRecord> = self.table.read_many(&keys).await?;
        Ok(records.into_iter().map(Order::from).collect())
    }

    /// A page of the orders of one sweep shard that have been unsettled since before `before`, oldest
    /// first. Only candidates: the index is eventual, and each step's own condition decides.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn unsettled(
        &self,
        shard: &str,
        before: Timestamp,
        after: Option<Item>,
    ) -> Result<Page<OrderId>, StoreError> {
        self.overdue(UNSETTLED, shard, before, after).await
    }

    /// A page of the orders of one sweep shard that were placed before `before`, were shipped and are not delivered, oldest
    /// first. Only candidates, as [`Orders::unsettled`] gives them. Those that were shipped before the index told when they
    /// were placed stand there by when they were shipped.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn on_the_way(
        &self,
        shard: &str,
        before: Timestamp,
        after: Option<Item>,
    ) -> Result<Page<OrderId>, StoreError> {
        self.overdue(ON_THE_WAY, shard, before, after).await
    }

    async fn overdue(
        &self,
        index: TimeIndex,
        shard: &str,
        before: Timestamp,
        after: Option<Item>,
    ) -> Result<Page<OrderId>, StoreError> {
        let page = self.table.overdue::<Candidate>(index, shard, before.as_millisecond(), after).await?;
        Ok(page.map(|found| found.order_id))
    }
}
