//! Orders' stream → archive: an order that has ended and is settled is copied at once.

use jiff::Timestamp;
use souk_domain::order::Order;
use souk_orders::{Archive, OrderRecord, Orders};
use souk_runtime::{
    ConfigError, Environment, FromEnvironment,
    stream::{BatchResult, Record},
};

use crate::dependencies;

/// Both homes of an order.
#[derive(Debug)]
pub struct Deps {
    orders: Orders,
    archive: Archive,
}

impl FromEnvironment for Deps {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self { orders: dependencies::orders(environment)?, archive: dependencies::archive(environment)? })
    }
}

/// Runs the function until its instance ends.
///
/// # Errors
/// Where it cannot start, or the runtime API fails.
pub fn serve() -> Result<(), souk_runtime::Error> {
    souk_runtime::stream::serve(handle)
}

/// Archives what has ended; everything else passes by.
///
/// # Errors
/// The first record that could not be archived.
pub async fn handle(deps: &'static Deps, records: Vec<Record>) -> BatchResult {
    run(deps, records, souk_runtime::now()).await
}

/// As [`handle`], at a time of the caller's.
///
/// # Errors
/// As [`handle`].
pub async fn run(deps: &Deps, records: Vec<Record>, now: Timestamp) -> BatchResult {
    for (index, record) in records.iter().enumerate() {
        let Some(order) = record.new_image::<OrderRecord>().map_err(|e| (index, e))?.map(Order::from) else { continue };
        let _archived_or_not_yet = deps.archive.keep(&deps.orders, &order, now).await.map_err(|e| (index, e.into()))?;
    }
    Ok(())
}
