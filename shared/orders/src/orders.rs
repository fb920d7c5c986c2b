use jiff::Timestamp;
use serde::Deserialize;
use souk_domain::{
    ids::OrderId,
    order::{Order, OrderStatus},
};
use souk_dynamo::{Item, Page, StoreError, Table, n, s};
use souk_wiring::FromEnvironment;

/// The hot `orders` table: every order that is not yet a month past its end.
#[derive(Debug, Clone, FromEnvironment)]
pub struct Orders {
    #[variable("ORDERS_TABLE")]
    pub(crate) table: Table,
}

/// What the sweeper needs to know of an unsettled order.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Unsettled {
    order_id: OrderId,
}

impl Orders {
    /// The orders in this table (key `order_id`; indexes `by-user` and `unsettled`).
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// An order, read consistently.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn get(&self, order_id: &OrderId) -> Result<Option<Order>, StoreError> {
        self.table.get(&[("order_id", order_id.as_str())]).await
    }

    /// One page of all hot orders, read consistently item by item; a page begins where the one before ended.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn scan_page(&self, after: Option<Item>) -> Result<Page<Order>, StoreError> {
        self.table.scan_page(after).await
    }

    /// Many orders, read consistently; those that are not there are left out.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn many(&self, order_ids: &[OrderId]) -> Result<Vec<Order>, StoreError> {
        let keys: Vec<_> = order_ids.iter().map(|id| [("order_id", id.as_str())]).collect();
        self.table.read_many(&keys).await
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
        let query = self
            .table
            .query()
            .index_name("unsettled")
            .key_condition_expression("unsettled = :shard AND unsettled_since < :before")
            .expression_attribute_values(":shard", s(shard))
            .expression_attribute_values(":before", n(before.as_millisecond()));
        Ok(Table::page::<Unsettled>(query, after).await?.map(|unsettled| unsettled.order_id))
    }
}

/// The sort key of a user's orders: by time, then by id, as text.
pub(crate) fn placed(created_at: Timestamp, order_id: &OrderId) -> String {
    format!("{:013}#{order_id}", created_at.as_millisecond())
}

/// An order with the index keys that stand beside it.
pub(crate) fn item_of(order: &Order) -> Result<Item, StoreError> {
    let mut item = souk_dynamo::encode(order)?;
    item.insert("placed".to_owned(), s(placed(order.created_at, &order.order_id)));
    if order.unsettled.is_some() {
        item.insert("unsettled_since".to_owned(), n(order.created_at.as_millisecond()));
    }
    Ok(item)
}

/// `status = :s0 OR status = :s1 …` with its values.
pub(crate) fn status_is_one_of(
    statuses: impl IntoIterator<Item = OrderStatus>,
) -> (String, Vec<(String, souk_dynamo::AttributeValue)>) {
    let values: Vec<_> =
        statuses.into_iter().enumerate().map(|(i, status)| (format!(":s{i}"), s(status.as_str()))).collect();
    let names: Vec<_> = values.iter().map(|(name, _)| name.as_str()).collect();
    (format!("#status IN ({})", names.join(", ")), values)
}
