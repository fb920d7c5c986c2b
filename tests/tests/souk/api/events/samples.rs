//! Events as they are today.

use std::str::FromStr;

use jiff::Timestamp;
use serde_json::{Value, json};
use souk_domain::{
    ids::{EventId, OrderId, RefundId, WarehouseId},
    money::Money,
    order::{CancelReason, FromFlashSale, Label, Order, OrderLine, OrderStatus, Origin, ShipmentItem, StockTrail},
    quantity::Quantity,
    webhook::EventType,
};
use souk_events::{
    catalog::{ProductChanged, ProductDeleted},
    inventory::AvailabilityChanged,
    orders::{OrderChanged, OrderLeft, ParcelShipped, TrackingChanged, UnitsMissing},
    payments::{ActionRequired, RefundEnded},
    pricing::PriceChanged,
};
use souk_webhooks::Event;
use souk_workflows::plan_deliveries::{event_of, event_of_shortage};

/// An id, a SKU, a warehouse: whatever is read from its text.
fn id<T: FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

fn numbered<T: FromStr<Err: std::fmt::Debug>>(prefix: &str) -> T {
    id(&format!("{prefix}_{}", "0123456789abcdef".repeat(2)))
}

fn usd(cents: i64) -> Money {
    Money::usd(cents).unwrap()
}

fn label(number: &str) -> Label {
    Label { carrier: "Swift Parcel".to_owned(), tracking_number: number.to_owned() }
}

/// A confirmed order, as the rules need it.
pub fn order() -> Order {
    let line = OrderLine {
        sku: id("KETTLE-1"),
        title: Some("Kettle".to_owned()),
        variant: None,
        quantity: Quantity::new(2).unwrap(),
        unit_price: usd(4500),
    };
    let at = Timestamp::UNIX_EPOCH;
    Order {
        order_id: numbered("ord"),
        user_id: id("6579c22f-be2b-444c-a52b-0116dd82df6c"),
        status: OrderStatus::Confirmed,
        version: 2,
        origin: Origin::FlashSale(FromFlashSale { sale_id: id("launch"), shard: 0, warehouse_id: id("memphis") }),
        total: usd(9000),
        lines: vec![line],
        shipping_address: None,
        payment_method: None,
        created_at: at,
        pay_by: at,
        settled: true,
        cancel_reason: None,
        shipments: Vec::new(),
        shortages: Vec::new(),
        history: Vec::new(),
        promise: None,
        address_changes: Vec::new(),
        stock: StockTrail::default(),
    }
}

pub fn orders_changed() -> Vec<OrderChanged> {
    let confirmed = OrderChanged::of(&order());
    let cancelled = OrderChanged {
        status: OrderStatus::Cancelled,
        version: 3,
        cancel_reason: Some(CancelReason::PaymentDeclined),
        ..confirmed.clone()
    };
    vec![cancelled, confirmed]
}

pub fn parcel_shipped() -> ParcelShipped {
    let Order { order_id, user_id, .. } = order();
    let parcels = vec![label("SP-1"), label("SP-2")];
    ParcelShipped { order_id, user_id, version: 4, shipment: 1, warehouse_id: id("memphis"), parcels }
}

pub fn tracking_changed() -> TrackingChanged {
    let ParcelShipped { order_id, user_id, warehouse_id, .. } = parcel_shipped();
    let (shipment, parcel, correction, label) = (1, 2, 1, label("SP-3"));
    TrackingChanged { order_id, user_id, version: 5, shipment, warehouse_id, parcel, correction, label }
}

pub fn units_missing() -> Vec<UnitsMissing> {
    let Order { order_id, user_id, .. } = order();
    let lines = vec![ShipmentItem { sku: id("KETTLE-1"), quantity: 1 }];
    let told = UnitsMissing {
        order_id,
        user_id,
        version: 3,
        shortage: 1,
        warehouse_id: id::<WarehouseId>("memphis"),
        sku: id("KETTLE-1"),
        quantity: 1,
        amount: usd(4500),
        left: Some(OrderLeft { status: OrderStatus::Confirmed, lines, due: usd(4500) }),
    };
    let mut least = told.clone();
    least.left = None;
    vec![told, least]
}

pub fn products_changed() -> Vec<ProductChanged> {
    let told = ProductChanged {
        product_id: id("kettle"),
        title: "Kettle".to_owned(),
        version: 3,
        skus: vec![id("KETTLE-1"), id("KETTLE-2")],
        variants: [(id("KETTLE-1"), "Red".to_owned()), (id("KETTLE-2"), "Blue".to_owned())].into(),
        withdrawn_skus: vec![id("KETTLE-0")],
    };
    let mut least = told.clone();
    least.variants.clear();
    vec![told, least]
}

pub fn product_deleted() -> ProductDeleted {
    ProductDeleted { product_id: id("kettle"), version: 4, skus: vec![id("KETTLE-1")] }
}

pub fn availability() -> AvailabilityChanged {
    AvailabilityChanged { sku: id("KETTLE-1"), available: 3, version: 17 }
}

pub fn price() -> PriceChanged {
    PriceChanged { sku: id("KETTLE-1"), price: usd(4500), version: 2 }
}

pub fn refund() -> RefundEnded {
    RefundEnded { order_id: numbered("ord"), refund_id: numbered::<RefundId>("ref"), amount: usd(4500), version: 6 }
}

pub fn action_required() -> ActionRequired {
    ActionRequired { order_id: numbered::<OrderId>("ord"), version: 1 }
}

fn at() -> Timestamp {
    id("2026-11-29T10:00:00Z")
}

/// What a subscriber gets.
fn body(event: &Event) -> Value {
    serde_json::from_str(&event.body).unwrap()
}

pub fn orders_told(event_type: EventType) -> Vec<Value> {
    orders_changed().iter().map(|order| body(&event_of(event_type, order, at()).unwrap())).collect()
}

pub fn shortages_told() -> Vec<Value> {
    units_missing().iter().map(|missing| body(&event_of_shortage(missing, at()).unwrap())).collect()
}

pub fn pings() -> Vec<Value> {
    let webhook_id = format!("whk_{}", "0123456789abcdef".repeat(2));
    let event = Event::new(numbered::<EventId>("evt"), EventType::Ping, at(), &json!({ "webhook_id": webhook_id }));
    vec![body(&event.unwrap())]
}
