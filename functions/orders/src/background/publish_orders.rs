//! Orders' stream → event bus: the outbox. Every change of status is published, also where the function
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

/// Publishes each record's change of status; other changes are the context's own affair.
///
/// # Errors
/// The first record whose event was not taken.
pub async fn handle(deps: &Deps, records: Vec<Record>, _: Call) -> BatchResult {
    let mut events = Vec::new();
    for (index, record) in records.iter().enumerate() {
        let Some(order) = record.new_image::<OrderRecord>().map_err(|e| (index, e))?.map(Order::from) else { continue };
        if record.old::<OrderRecord>().map(Order::from).is_some_and(|old| old.status == order.status) {
            continue;
        }
        let changed = OrderChanged::of(&order);
        for detail_type in changed.detail_types() {
            events.push(Event::new(index, detail_type, &changed)?);
        }
    }
    deps.bus.publish(SOURCE, events).await
}
