//! Orders' stream → event bus: the outbox. Every change of status is published, and that a cancellation is settled, also where the function
//! that wrote it died at once.

use souk_domain::order::Order;
use souk_events::orders::{OrderChanged, SOURCE};
use souk_orders::OrderRecord;
use souk_runtime::{
    bus::{Bus, Event},
    stream::{BatchResult, Record},
};
use souk_wiring::{Call, FromEnvironment};

/// The bus.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    bus: Bus,
}

/// Tells what each record's change means to others; most other changes are the context's own affair.
///
/// # Errors
/// The first record whose event was not taken.
pub async fn handle(deps: &Deps, records: Vec<Record>, _: Call) -> BatchResult {
    let mut events = Vec::new();
    for (index, record) in records.iter().enumerate() {
        let Some(order) = record.new_image::<OrderRecord>().map_err(|e| (index, e))?.map(Order::from) else { continue };
        let before = record.old::<OrderRecord>().map(Order::from);
        let changed = OrderChanged::of(&order);
        for detail_type in OrderChanged::detail_types(before.as_ref(), &order) {
            events.push(Event::new(index, detail_type, &changed)?);
        }
    }
    deps.bus.publish(SOURCE, events).await
}
