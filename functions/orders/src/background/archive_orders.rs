//! Orders' stream → archive: an order that has ended and is settled is copied at once.

use souk_domain::order::Order;
use souk_orders::{Archive, OrderRecord, Orders};
use souk_runtime::stream::{BatchResult, Record};
use souk_wiring::{Call, FromEnvironment};

/// Both homes of an order.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    orders: Orders,
    archive: Archive,
}

/// Archives what has ended; everything else passes by.
///
/// # Errors
/// The first record that could not be archived.
pub async fn handle(deps: &Deps, records: Vec<Record>, Call { now, .. }: Call) -> BatchResult {
    for (index, record) in records.iter().enumerate() {
        let Some(order) = record.new_image::<OrderRecord>().map_err(|e| (index, e))?.map(Order::from) else { continue };
        // Only this function's own write leaves the version as it was: it has been here.
        if record.old::<OrderRecord>().map(Order::from).is_some_and(|before| before.version == order.version) {
            continue;
        }
        let _archived_or_not_yet = deps.archive.keep(&deps.orders, &order, now).await.map_err(|e| (index, e.into()))?;
    }
    Ok(())
}
