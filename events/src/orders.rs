//! What the orders context publishes: source `souk.orders`.

use serde::{Deserialize, Serialize};
use souk_domain::{
    ids::{OrderId, Sku, UserId, WarehouseId},
    money::Money,
    order::{CancelReason, Label, Order, OrderStatus, ShipmentItem},
    quantity::Quantity,
};
use utoipa::ToSchema;

/// The event bus source.
pub const SOURCE: &str = "souk.orders";

/// Under which it is published that stock and money have followed a cancellation.
pub const CANCELLATION_SETTLED: &str = "CancellationSettled";

/// An order reached a status, or its cancellation is settled. Nothing of the address or the payment is published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderChanged {
    /// Which order.
    pub order_id: OrderId,
    /// Whose.
    pub user_id: UserId,
    /// The status that it has.
    pub status: OrderStatus,
    /// The order's version then: receivers drop what is older than what they know.
    pub version: u64,
    /// Its total.
    pub total: Money,
    /// What was bought.
    pub lines: Vec<OrderChangedLine>,
    /// Why, where it was cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancel_reason: Option<CancelReason>,
}

/// One line of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderChangedLine {
    /// What.
    pub sku: Sku,
    /// How many.
    pub quantity: Quantity,
}

/// What leaves of an order from one warehouse has left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ParcelShipped {
    /// Of which order.
    pub order_id: OrderId,
    /// Whose.
    pub user_id: UserId,
    /// The order's version then.
    pub version: u64,
    /// Which of the order's shipments, from 1.
    pub shipment: u32,
    /// Where it left from.
    pub warehouse_id: WarehouseId,
    /// The labels of its parcels.
    pub parcels: Vec<Label>,
}

/// A parcel that has left bears another label than was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TrackingChanged {
    /// Of which order.
    pub order_id: OrderId,
    /// Whose.
    pub user_id: UserId,
    /// The order's version then.
    pub version: u64,
    /// Which of the order's shipments, from 1.
    pub shipment: u32,
    /// Where it left from.
    pub warehouse_id: WarehouseId,
    /// Which of its parcels, from 1.
    pub parcel: u32,
    /// How often this parcel's label was corrected, this time included.
    pub correction: u32,
    /// What it bears now.
    pub label: Label,
}

/// Units were not there to be picked: they are not sent, and nobody pays for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UnitsMissing {
    /// Of which order.
    pub order_id: OrderId,
    /// Whose.
    pub user_id: UserId,
    /// The order's version then.
    pub version: u64,
    /// Which of the order's shortages, from 1.
    pub shortage: u32,
    /// Where they should have been.
    pub warehouse_id: WarehouseId,
    /// What.
    pub sku: Sku,
    /// How many.
    pub quantity: u32,
    /// What they would have cost.
    pub amount: Money,
    /// What the order has left. Absent from events that were published before they told it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<OrderLeft>,
}

/// What an order has left without what is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderLeft {
    /// The status that it has: cancelled, where nothing is left.
    pub status: OrderStatus,
    /// What is sent, or was.
    pub lines: Vec<ShipmentItem>,
    /// What is paid for it.
    pub due: Money,
}

impl UnitsMissing {
    /// The event's `detail-type`.
    pub const DETAIL_TYPE: &str = "UnitsMissing";

    /// One for each shortage since the order was as before.
    pub fn since(before: Option<&Order>, order: &Order) -> Vec<Self> {
        let known = before.map_or(0, |before| before.shortages.len());
        (1..)
            .zip(&order.shortages)
            .skip(known)
            .map(|(shortage, short)| Self {
                order_id: order.order_id.clone(),
                user_id: order.user_id.clone(),
                version: order.version,
                shortage,
                warehouse_id: short.warehouse_id.clone(),
                sku: short.sku.clone(),
                quantity: short.units,
                amount: order.worth(short),
                left: Some(OrderLeft { status: order.status, lines: order.left(), due: order.due() }),
            })
            .collect()
    }
}

impl ParcelShipped {
    /// The event's `detail-type`.
    pub const DETAIL_TYPE: &str = "ParcelShipped";

    /// One for each warehouse from which something has left since the order was as before.
    pub fn since(before: Option<&Order>, order: &Order) -> Vec<Self> {
        let had_left = |from: &WarehouseId| {
            before.and_then(|before| before.shipment(from)).is_some_and(|shipment| shipment.shipped_at.is_some())
        };
        let left = (1..).zip(&order.shipments).filter(|(_, shipment)| shipment.shipped_at.is_some());
        left.filter(|(_, shipment)| !had_left(&shipment.warehouse_id))
            .map(|(number, shipment)| Self {
                order_id: order.order_id.clone(),
                user_id: order.user_id.clone(),
                version: order.version,
                shipment: number,
                warehouse_id: shipment.warehouse_id.clone(),
                parcels: shipment.parcels.iter().map(|parcel| parcel.label.clone()).collect(),
            })
            .collect()
    }
}

impl TrackingChanged {
    /// The event's `detail-type`.
    pub const DETAIL_TYPE: &str = "TrackingChanged";

    /// One for each parcel that had left when the order was as before, and was corrected since.
    pub fn since(before: Option<&Order>, order: &Order) -> Vec<Self> {
        let Some(before) = before else { return Vec::new() };
        let mut changes = Vec::new();
        for (number, shipment) in (1..).zip(&order.shipments) {
            let Some(old) = before.shipment(&shipment.warehouse_id).filter(|old| old.shipped_at.is_some()) else {
                continue;
            };
            for ((position, parcel), old) in (1..).zip(&shipment.parcels).zip(&old.parcels) {
                if parcel.former.len() > old.former.len() {
                    changes.push(Self {
                        order_id: order.order_id.clone(),
                        user_id: order.user_id.clone(),
                        version: order.version,
                        shipment: number,
                        warehouse_id: shipment.warehouse_id.clone(),
                        parcel: position,
                        correction: u32::try_from(parcel.former.len()).unwrap_or(u32::MAX),
                        label: parcel.label.clone(),
                    });
                }
            }
        }
        changes
    }
}

impl OrderChanged {
    /// The event of an order as it is now.
    pub fn of(order: &Order) -> Self {
        Self {
            order_id: order.order_id.clone(),
            user_id: order.user_id.clone(),
            status: order.status,
            version: order.version,
            total: order.total,
            lines: order
                .lines
                .iter()
                .map(|line| OrderChangedLine { sku: line.sku.clone(), quantity: line.quantity })
                .collect(),
            cancel_reason: order.cancel_reason,
        }
    }

    /// The event bus detail types under which it is published that the order is no longer as it was before: those of a
    /// status that it reached, or that stock and money have followed its cancellation.
    pub fn detail_types(before: Option<&Order>, order: &Order) -> &'static [&'static str] {
        match before.filter(|before| before.status == order.status) {
            None => detail_types(order.status, order.cancel_reason),
            Some(before) if order.status == OrderStatus::Cancelled && order.settled && !before.settled => {
                &[CANCELLATION_SETTLED]
            }
            Some(_) => &[],
        }
    }
}

/// The detail types under which a status that was reached is published. A cancellation for want of money is
/// published as both: whoever releases things listens to one, whoever writes to the customer to the other.
pub fn detail_types(status: OrderStatus, cancel_reason: Option<CancelReason>) -> &'static [&'static str] {
    match (status, cancel_reason) {
        (OrderStatus::PendingPayment, _) => &["OrderPlaced"],
        (OrderStatus::Confirmed, _) => &["OrderConfirmed"],
        (OrderStatus::Shipped, _) => &["OrderShipped"],
        (OrderStatus::Delivered, _) => &["OrderDelivered"],
        (OrderStatus::Cancelled, Some(reason)) if reason.is_for_want_of_money() => &["OrderCancelled", "PaymentFailed"],
        (OrderStatus::Cancelled, _) => &["OrderCancelled"],
    }
}
