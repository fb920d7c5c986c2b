use jiff::{SignedDuration, Timestamp};
use souk_domain::{
    ids::{OrderId, UserId},
    order::Order,
};
use souk_dynamo::{Outcome, StoreError, Table, Update, attribute, n, s};
use souk_wiring::FromEnvironment;

use crate::{OrderRecord, Orders, Place, record::placed};

/// How long an ended order stays in the hot table after it was archived.
pub const HOT_RETENTION: SignedDuration = SignedDuration::from_hours(24 * 30);

/// The `order-archive` table: every order that has ended, for ever (key `user_id`, `placed`; indexes
/// `by-order`, `by-status`).
#[derive(Debug, Clone, FromEnvironment)]
pub struct Archive {
    #[variable("ORDER_ARCHIVE_TABLE")]
    pub(crate) table: Table,
}

/// An order wherever it lies: hot, else archived. Archived ones are found through an index, which is
/// eventual; an order leaves the hot table a month after it was archived.
///
/// # Errors
/// [`StoreError`].
pub async fn find(orders: &Orders, archive: &Archive, order_id: &OrderId) -> Result<Option<Order>, StoreError> {
    match orders.get(order_id).await? {
        Some(order) => Ok(Some(order)),
        None => archive.get(order_id).await,
    }
}

/// What archiving did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum ArchiveOutcome {
    /// The order stands in the archive, and the hot item has its time to live.
    Archived,
    /// It has not ended, or is not settled yet: not now.
    NotYet,
}

impl Archive {
    /// The archive in this table.
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// An archived order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn get(&self, order_id: &OrderId) -> Result<Option<Order>, StoreError> {
        let answer = self
            .table
            .query()
            .index_name("by-order")
            .key_condition_expression("order_id = :order")
            .expression_attribute_values(":order", s(order_id.as_str()))
            .limit(1)
            .send()
            .await
            .map_err(StoreError::from_sdk)?;
        let record = answer.items.unwrap_or_default().into_iter().next().map(souk_dynamo::decode::<OrderRecord>);
        Ok(record.transpose()?.map(Order::from))
    }

    /// Many archived orders, each by whose it is and its place among theirs, read consistently; those that are not there
    /// are left out.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn many(&self, places: &[(UserId, Place)]) -> Result<Vec<Order>, StoreError> {
        let keys: Vec<_> = places
            .iter()
            .map(|(user_id, Place(placed))| [("user_id", user_id.as_str()), ("placed", placed.as_str())])
            .collect();
        let records: Vec<OrderRecord> = self.table.read_many(&keys).await?;
        Ok(records.into_iter().map(Order::from).collect())
    }

    /// Copies an ended and settled order, then gives the hot item its time to live. A repeat, or an
    /// older image, changes nothing.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn keep(&self, orders: &Orders, order: &Order, now: Timestamp) -> Result<ArchiveOutcome, StoreError> {
        if !order.status.is_terminal() || !order.settled {
            return Ok(ArchiveOutcome::NotYet);
        }
        let is_newer = attribute("user_id").is_absent().or(attribute("version").is_below(n(order.version)));
        let _either_is_kept = self.table.put_if(&OrderRecord::archived(order), is_newer).await?;
        // The version stays: this is no change of the order, and must not archive it again.
        let expire = Update::new()
            .set_if_absent("expires_at", n((now + HOT_RETENTION).as_second()))
            .when(attribute("version").equals(n(order.version)))
            .when(attribute("unsettled").is_absent());
        Ok(match orders.table.update(&[("order_id", order.order_id.as_str())], expire).await? {
            Outcome::Written(_) => ArchiveOutcome::Archived,
            // It has changed since, and that change's own record archives it.
            Outcome::Refused(_) => ArchiveOutcome::NotYet,
        })
    }

    pub(crate) fn sort_key(order: &Order) -> String {
        placed(order.created_at, &order.order_id)
    }
}
