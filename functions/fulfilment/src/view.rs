use std::collections::HashMap;

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{
    fulfilment::{Fulfilment, FulfilmentState},
    ids::{OrderId, Sku, UserId, WarehouseId},
    order::{Address, Order, OrderStatus, Promise, Shipment, ShipmentItem, ShippingProgress},
    stock::Place,
};
use souk_runtime::http::Response;
use souk_workflows::list_work::WorkItem;
use utoipa::ToSchema;

/// What a warehouse does for an order, with all that is needed to do it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WorkItem)]
pub(crate) struct WorkView<'a> {
    #[serde(flatten)]
    fulfilment: FulfilmentView<'a>,
    /// What is to be picked.
    items: Vec<ItemView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shipping_address: Option<&'a Address>,
    order_status: OrderStatus,
    /// Until when the first parcel has to leave: the bank does not hold the money for longer. Absent once it is taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    capture_before: Option<Timestamp>,
    /// What its shopper was promised. Absent from orders that were confirmed before anything was.
    #[serde(skip_serializing_if = "Option::is_none")]
    promise: Option<Promise>,
    /// Whether it should have left by now.
    late: bool,
    /// Its parcels, once they are labelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    shipment: Option<&'a Shipment>,
}

/// Where a fulfilment stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Fulfilment)]
pub(crate) struct FulfilmentView<'a> {
    order_id: &'a OrderId,
    warehouse_id: &'a WarehouseId,
    state: FulfilmentState,
    placed_at: Timestamp,
    /// Who picks it.
    #[serde(skip_serializing_if = "Option::is_none")]
    claimed_by: Option<&'a UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    claimed_until: Option<Timestamp>,
    /// Whether its customer wants to cancel.
    cancel_requested: bool,
    version: u64,
}

/// Units of one SKU.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PickItem)]
pub(crate) struct ItemView<'a> {
    sku: &'a Sku,
    /// As it was called when it was bought.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    /// What sets the variant apart, where anything does.
    #[serde(skip_serializing_if = "Option::is_none")]
    variant: Option<&'a str>,
    quantity: u32,
    /// Where it lies, where that is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<&'a Place>,
}

/// What has become of an order's parcels.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrderShipments)]
pub(crate) struct ShipmentsView<'a> {
    order_id: &'a OrderId,
    status: OrderStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    fulfilment: Option<ShippingProgress>,
    shipments: &'a [Shipment],
    version: u64,
}

impl<'a> FulfilmentView<'a> {
    pub(crate) fn of(work: &'a Fulfilment, now: Timestamp) -> Self {
        let claim = work.live_claim(now);
        Self {
            order_id: &work.order_id,
            warehouse_id: &work.warehouse_id,
            state: work.state_at(now),
            placed_at: work.placed_at,
            claimed_by: claim.map(|claim| &claim.by),
            claimed_until: claim.map(|claim| claim.until),
            cancel_requested: work.cancel_requested_at.is_some(),
            version: work.version,
        }
    }

    /// The answer to a step.
    pub(crate) fn answer(work: &Fulfilment, now: Timestamp) -> Response {
        Response::json(200, &FulfilmentView::of(work, now)).etag(work.version)
    }
}

/// What is to be picked, and where it lies as far as that is known.
pub(crate) fn items<'a>(
    fulfilment: &'a Fulfilment,
    order: &'a Order,
    places: &'a HashMap<Sku, Place>,
) -> Vec<ItemView<'a>> {
    let item = |item: &'a ShipmentItem| {
        let line = order.lines.iter().find(|line| line.sku == item.sku);
        ItemView {
            sku: &item.sku,
            title: line.and_then(|line| line.title.as_deref()),
            variant: line.and_then(|line| line.variant.as_deref()),
            quantity: item.quantity,
            place: places.get(&item.sku),
        }
    };
    fulfilment.items.iter().map(item).collect()
}

impl<'a> WorkView<'a> {
    pub(crate) fn of(item: &'a WorkItem, now: Timestamp) -> Self {
        let WorkItem { fulfilment, order, places } = item;
        Self {
            fulfilment: FulfilmentView::of(fulfilment, now),
            items: items(fulfilment, order, places),
            shipping_address: order.shipping_address.as_ref(),
            order_status: order.status,
            capture_before: item.capture_before(),
            promise: order.promise,
            late: item.is_late(now),
            shipment: order.shipment(&fulfilment.warehouse_id),
        }
    }
}

impl<'a> ShipmentsView<'a> {
    /// The answer to what concerns an order's parcels.
    pub(crate) fn answer(order: &'a Order) -> Response {
        let view = Self {
            order_id: &order.order_id,
            status: order.status,
            fulfilment: order.shipping_progress(),
            shipments: &order.shipments,
            version: order.version,
        };
        Response::json(200, &view).etag(order.version)
    }
}
