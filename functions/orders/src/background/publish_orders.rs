//! Orders' stream → event bus: the outbox. Every change of status is published, that a cancellation is settled, that
//! parcels have left, that their labels were corrected and that units are missing, also where the function that wrote it died at once.

use souk_domain::order::Order;
use souk_events::orders::{OrderChanged, ParcelShipped, SOURCE, TrackingChanged, UnitsMissing};
use souk_orders::OrderRecord;
use souk_runtime::{
    bus::{Bus, Event},
    stream::{BatchResult, Record, RecordFailure},
};
use souk_wiring::{Call, FromEnvironment};

/// The bus.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    bus: Bus,
}

/// Publishes what each record's change means to others; most changes are the context's own affair.
///
/// # Errors
/// The first record whose event was not taken.
pub async fn handle(deps: &Deps, records: Vec<Record>, _: Call) -> BatchResult {
    deps.bus.publish_each(SOURCE, &records, events_of).await
}

fn events_of(record: &Record) -> Result<Vec<Event>, RecordFailure> {
    let Some(order) = record.new_image::<OrderRecord>()?.map(Order::from) else { return Ok(Vec::new()) };
    let before = record.old::<OrderRecord>().map(Order::from);
    let changed = OrderChanged::of(&order);
    let detail_types = OrderChanged::detail_types(before.as_ref(), &order);
    let statuses = detail_types.iter().map(|detail_type| Event::new(detail_type, &changed));
    let left = ParcelShipped::since(before.as_ref(), &order);
    let left = left.iter().map(|event| Event::new(ParcelShipped::DETAIL_TYPE, event));
    let corrected = TrackingChanged::since(before.as_ref(), &order);
    let corrected = corrected.iter().map(|event| Event::new(TrackingChanged::DETAIL_TYPE, event));
    let missing = UnitsMissing::since(before.as_ref(), &order);
    let missing = missing.iter().map(|event| Event::new(UnitsMissing::DETAIL_TYPE, event));
    left.chain(corrected).chain(missing).chain(statuses).collect()
}
