//! The kinds of events: their schemas, and what they are like today.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use souk_domain::webhook::EventType;
use souk_events::{
    catalog::{ProductChanged, ProductDeleted},
    inventory::AvailabilityChanged,
    orders::{OrderChanged, ParcelShipped, TrackingChanged, UnitsMissing},
    payments::{ActionRequired, REFUND_FAILED, REFUND_SUCCEEDED, RefundEnded},
    pricing::PriceChanged,
    published::{PUBLISHED, Published},
};
use souk_workflows::{
    plan_deliveries::{OrderData, ShortageData},
    replay_deliveries::PingData,
};
use utoipa::ToSchema;

use super::{samples, schema};

/// Reads what is told with the type that it has today, and writes it again.
type Read = fn(&Value) -> Result<Value, serde_json::Error>;

/// A kind of event.
#[derive(Debug, Clone)]
pub struct Kind {
    /// What it is called in the registry.
    pub name: String,
    pub version: u32,
    pub about: String,
    /// Of the whole event.
    pub schema: Value,
    /// What it is like today: the first one with all that there may be, the last one with no more than there must be.
    pub samples: Vec<Value>,
    /// None of what only subscribers read.
    pub read: Option<Read>,
    /// Where in an event what is told stands.
    told: &'static str,
}

impl Kind {
    pub fn told<'a>(&self, event: &'a Value) -> &'a Value {
        &event[self.told]
    }
}

pub fn kinds() -> Vec<Kind> {
    PUBLISHED.iter().map(on_the_bus).chain(EventType::ALL.into_iter().map(by_webhook)).collect()
}

fn on_the_bus(published: &Published) -> Kind {
    match published.detail_type {
        ProductChanged::DETAIL_TYPE => of::<ProductChanged>(published, samples::products_changed()),
        ProductDeleted::DETAIL_TYPE => of::<ProductDeleted>(published, vec![samples::product_deleted()]),
        AvailabilityChanged::DETAIL_TYPE => of::<AvailabilityChanged>(published, vec![samples::availability()]),
        PriceChanged::DETAIL_TYPE => of::<PriceChanged>(published, vec![samples::price()]),
        ParcelShipped::DETAIL_TYPE => of::<ParcelShipped>(published, vec![samples::parcel_shipped()]),
        TrackingChanged::DETAIL_TYPE => of::<TrackingChanged>(published, vec![samples::tracking_changed()]),
        UnitsMissing::DETAIL_TYPE => of::<UnitsMissing>(published, samples::units_missing()),
        REFUND_SUCCEEDED | REFUND_FAILED => of::<RefundEnded>(published, vec![samples::refund()]),
        souk_events::payments::ACTION_REQUIRED => of::<ActionRequired>(published, vec![samples::action_required()]),
        _ => of::<OrderChanged>(published, samples::orders_changed()),
    }
}

fn of<T: ToSchema + Serialize + DeserializeOwned>(published: &Published, told: Vec<T>) -> Kind {
    let Published { source, detail_type, version, about } = *published;
    let envelope = |told: T| {
        json!({
            "version": "0", "id": "6579c22f-be2b-444c-a52b-0116dd82df6c", "detail-type": detail_type, "source": source,
            "account": "123456789012", "time": "2026-11-29T10:00:00Z", "region": "us-east-1", "resources": [],
            "detail": told,
        })
    };
    Kind {
        name: published.name(),
        version,
        about: about.to_owned(),
        schema: schema::of_bus::<T>(published),
        samples: told.into_iter().map(envelope).collect(),
        read: Some(|told| serde_json::to_value(serde_json::from_value::<T>(told.clone())?)),
        told: "detail",
    }
}

fn by_webhook(event_type: EventType) -> Kind {
    let (schema, samples, about) = match event_type {
        EventType::Ping => {
            (schema::of_webhook::<PingData<'_>>(event_type), samples::pings(), "An operator tries the way.")
        }
        EventType::OrderUnitsMissing => (
            schema::of_webhook::<ShortageData<'_>>(event_type),
            samples::shortages_told(),
            "Units of an order were not there to be sent.",
        ),
        _ => (schema::of_webhook::<OrderData<'_>>(event_type), samples::orders_told(event_type), about(event_type)),
    };
    Kind {
        name: format!("souk.webhooks@{}", event_type.as_str()),
        version: event_type.schema_version(),
        about: about.to_owned(),
        schema,
        samples,
        read: None,
        told: "data",
    }
}

fn about(event_type: EventType) -> &'static str {
    match event_type {
        EventType::OrderPlaced => "An order waits for its payment.",
        EventType::OrderConfirmed => "Money and units are an order's own.",
        EventType::OrderCancelled => "An order was cancelled.",
        EventType::OrderCancellationSettled => "Stock and money have followed a cancellation.",
        EventType::OrderShipped => "All that is sent of an order has left.",
        EventType::OrderDelivered => "An order has arrived.",
        EventType::OrderUnitsMissing | EventType::Ping => unreachable!("{event_type:?} tells something else"),
    }
}
