//! An order as the `orders` and `order-archive` tables and their stream hold it.

mod promise;
mod shipments;

use jiff::{Timestamp, fmt::serde::timestamp::millisecond};
use serde::{Deserialize, Serialize};
use souk_domain::{
    ids::{OrderId, UserId},
    money::Money,
    order::{
        Address, AddressChange, CancelReason, FromCheckout, FromFlashSale, Order, OrderLine, OrderStatus, Origin,
        Promise, Shortfall, StockTrail, Transition, reached,
    },
    stock::{RowKey, RowUnits},
};
use souk_dynamo::{Update, n, s};

pub(crate) use self::{promise::StoredPromise, shipments::StoredShipment};
use crate::finding::{listed, listed_in_archive};

/// An order with the index keys that stand beside it.
#[derive(Debug, Serialize, Deserialize)]
pub struct OrderRecord {
    order_id: OrderId,
    user_id: UserId,
    status: OrderStatus,
    version: u64,
    #[serde(flatten)]
    origin: StoredOrigin,
    lines: Vec<OrderLine>,
    total: Money,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shipping_address: Option<Address>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    payment_method: Option<String>,
    #[serde(with = "millisecond::required")]
    created_at: Timestamp,
    #[serde(with = "millisecond::required")]
    pay_by: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cancel_reason: Option<CancelReason>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    shipments: Vec<StoredShipment>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    shortages: Vec<Shortfall>,
    /// When the first part was packed: what a customer's cancellation looks at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    packed_at: Option<i64>,
    /// When the first parcel left: what every cancellation looks at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    departed_at: Option<i64>,
    history: Vec<Transition>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    promise: Option<StoredPromise>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    address_changes: Vec<AddressChange>,
    /// What left from where, of an order whose rows hold its units, once that is settled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    units: Option<Vec<RowUnits>>,
    /// The rows that had forgotten it, and whose units came back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    returned: Vec<RowKey>,
    /// When every row of the cancelled order had its units back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stock_back: Option<i64>,
    /// The sort key of a user's orders, and of those of a status.
    placed: String,
    /// The partition of the index by status: of the hot table's items while they are confirmed or cancelled, of all in the
    /// archive. Absent from items that were last written before there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    listed: Option<String>,
    /// The partition of the sweeper's sparse index, there until stock and money have followed the decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unsettled: Option<String>,
    /// That index's sort key: since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unsettled_since: Option<i64>,
    /// The partition of the sparse index of orders that are on their way, there from `SHIPPED` to `DELIVERED`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    on_the_way: Option<String>,
    /// That index's sort key: when the order was placed, by which such orders are listed, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    on_the_way_since: Option<i64>,
}

/// What the order was made of.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum StoredOrigin {
    Tagged(TaggedOrigin),
    /// Stored before orders said it: their fields tell.
    OlderCheckout(FromCheckout),
    /// Likewise.
    OlderSale(FromFlashSale),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "origin", rename_all = "SCREAMING_SNAKE_CASE")]
enum TaggedOrigin {
    Checkout(FromCheckout),
    FlashSale(FromFlashSale),
}

impl OrderRecord {
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// An order as the archive holds it, whose index lists all that have ended.
    pub(crate) fn archived(order: &Order) -> Self {
        Self { listed: Some(listed_in_archive(order.status, &order.order_id)), ..Self::from(order) }
    }
}

impl From<&Order> for OrderRecord {
    fn from(order: &Order) -> Self {
        let order = order.clone();
        let is_on_the_way = order.status == OrderStatus::Shipped;
        let last = order.history.last().map_or(0, |last| last.at.as_millisecond());
        Self {
            packed_at: order.packed_at().map(Timestamp::as_millisecond),
            departed_at: order.departed_at().map(Timestamp::as_millisecond),
            on_the_way: is_on_the_way.then(|| Order::sweep_shard(&order.order_id)),
            on_the_way_since: is_on_the_way.then(|| order.created_at.as_millisecond()),
            placed: placed(order.created_at, &order.order_id),
            listed: listed(order.status, &order.order_id),
            unsettled: (!order.settled).then(|| Order::sweep_shard(&order.order_id)),
            unsettled_since: (!order.settled).then(|| order.created_at.as_millisecond()),
            order_id: order.order_id,
            user_id: order.user_id,
            status: order.status,
            version: order.version,
            origin: StoredOrigin::Tagged(match order.origin {
                Origin::Checkout(checkout) => TaggedOrigin::Checkout(checkout),
                Origin::FlashSale(sale) => TaggedOrigin::FlashSale(sale),
            }),
            lines: order.lines,
            total: order.total,
            shipping_address: order.shipping_address,
            payment_method: order.payment_method,
            created_at: order.created_at,
            pay_by: order.pay_by,
            cancel_reason: order.cancel_reason,
            shipments: order.shipments.into_iter().map(StoredShipment::from).collect(),
            shortages: order.shortages,
            history: order.history,
            promise: order.promise.map(StoredPromise::from),
            address_changes: order.address_changes,
            units: Some(order.stock.units).filter(|units| !units.is_empty()),
            returned: order.stock.returned,
            stock_back: order.stock.is_back.then_some(last),
        }
    }
}

impl From<OrderRecord> for Order {
    fn from(record: OrderRecord) -> Self {
        let shipped_at = reached(&record.history, OrderStatus::Shipped).filter(|_| record.status.has_left());
        let delivered_at = reached(&record.history, OrderStatus::Delivered);
        let shipments = record.shipments.into_iter();
        Self {
            order_id: record.order_id,
            user_id: record.user_id,
            status: record.status,
            version: record.version,
            origin: match record.origin {
                StoredOrigin::Tagged(TaggedOrigin::Checkout(checkout)) | StoredOrigin::OlderCheckout(checkout) => {
                    Origin::Checkout(checkout)
                }
                StoredOrigin::Tagged(TaggedOrigin::FlashSale(sale)) | StoredOrigin::OlderSale(sale) => {
                    Origin::FlashSale(sale)
                }
            },
            lines: record.lines,
            total: record.total,
            shipping_address: record.shipping_address,
            payment_method: record.payment_method,
            created_at: record.created_at,
            pay_by: record.pay_by,
            settled: record.unsettled.is_none(),
            cancel_reason: record.cancel_reason,
            shipments: shipments.map(|stored| stored.read(record.created_at, shipped_at, delivered_at)).collect(),
            shortages: record.shortages,
            history: record.history,
            promise: record.promise.map(Promise::from),
            address_changes: record.address_changes,
            stock: StockTrail {
                units: record.units.unwrap_or_default(),
                returned: record.returned,
                is_back: record.stock_back.is_some(),
            },
        }
    }
}

/// The sort key of a user's orders: by time, then by id, as text.
pub(crate) fn placed(created_at: Timestamp, order_id: &OrderId) -> String {
    key(created_at.as_millisecond(), order_id)
}

/// A time in milliseconds, then an id, as a text that sorts as they do.
pub(crate) fn key(milliseconds: i64, order_id: &OrderId) -> String {
    format!("{milliseconds:013}#{order_id}")
}

/// Lets the sweeper find the order from now on.
pub(crate) fn mark_unsettled(update: Update, order_id: &OrderId, now: Timestamp) -> Update {
    update.set("unsettled", s(Order::sweep_shard(order_id))).set("unsettled_since", n(now.as_millisecond()))
}

#[cfg(test)]
mod tests;
