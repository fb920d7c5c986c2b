//! Orders of the protocol's first edition learn what left from where, so that nobody has to ask their reservations.
//!
//! A run goes on where the one before stopped, and may be run again: what an order says already stays.

use std::{collections::HashMap, time::Duration};

use futures_util::{StreamExt as _, stream};
use serde::Serialize;
use souk_domain::{
    order::{Order, OrderStatus},
    reservation::ReservationState,
    stock::RowUnits,
};
use souk_dynamo::{Page, StoreError};
use souk_inventory::ReservationBook;
use souk_orders::{MigrationCursor, Orders};
use souk_wiring::{Call, FromEnvironment};
use tokio::time::Instant;

/// The time after which a run begins with no further page; its function lives longer.
const WITHIN: Duration = Duration::from_secs(600);
/// How many orders are written at once.
const AT_ONCE: usize = 32;

/// Orders, and what holds or held their units.
#[derive(Debug, FromEnvironment)]
pub struct MigrateOrders {
    orders: Orders,
    reservations: ReservationBook,
    cursor: MigrationCursor,
}

/// What a run did.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Orders that were looked at.
    pub looked_at: usize,
    /// Those that say now what left from where.
    pub written: usize,
    /// Those that will say it once they are settled: run it again then.
    pub unsettled: usize,
    /// Those that could not be written, or changed meanwhile: run it again.
    pub failed: usize,
    /// True where all orders were looked at; the next run begins with the first.
    pub complete: bool,
}

impl MigrateOrders {
    /// A use case of these parts.
    pub fn new(orders: Orders, reservations: ReservationBook, cursor: MigrationCursor) -> Self {
        Self { orders, reservations, cursor }
    }

    /// Goes on until all orders were looked at, or its time is over.
    ///
    /// # Errors
    /// [`StoreError`] where orders or their reservations cannot be read; the next run goes on there.
    pub async fn run(&self, _: &Call) -> Result<Report, StoreError> {
        let (begun, mut report) = (Instant::now(), Report::default());
        while begun.elapsed() < WITHIN && !report.complete {
            report.complete = self.page(&mut report).await?;
        }
        Ok(report)
    }

    /// The next page; true where it was the last one.
    async fn page(&self, report: &mut Report) -> Result<bool, StoreError> {
        let Page { items: orders, next } = self.orders.scan_page(self.cursor.get().await?).await?;
        report.looked_at += orders.len();
        let (old, young): (Vec<_>, Vec<_>) =
            orders.iter().filter(|order| lacks_units(order)).partition(|it| it.settled);
        report.unsettled += young.len();
        let ids: Vec<_> =
            old.iter().filter_map(|order| order.origin.checkout()?.held_by.reservation().cloned()).collect();
        let reservations = self.reservations.many(&ids).await?;
        let left: HashMap<_, Vec<RowUnits>> = reservations
            .iter()
            .filter(|it| it.state == ReservationState::Committed && !it.returned)
            .filter_map(|it| Some((it.order_id.as_ref()?, it.lines.iter().map(RowUnits::from).collect())))
            .collect();
        let left = &left;
        let written = old.into_iter().map(|order| async move {
            match left.get(&order.order_id) {
                Some(units) => self.orders.remember_units(order, units).await,
                None => Err(StoreError::corrupt("a settled order has no reservation that was committed")),
            }
        });
        let mut written = stream::iter(written.collect::<Vec<_>>()).buffer_unordered(AT_ONCE);
        while let Some(result) = written.next().await {
            match result {
                Ok(true) => report.written += 1,
                Ok(false) => report.failed += 1,
                Err(error) => {
                    report.failed += 1;
                    tracing::error!(%error, "an order does not learn what left from where");
                }
            }
        }
        let is_last = next.is_none();
        self.cursor.set(next).await?;
        Ok(is_last)
    }
}

/// An order whose units have left, or are about to, by a reservation, and that is not over.
fn lacks_units(order: &Order) -> bool {
    let is_held_so = order.origin.checkout().is_some_and(|checkout| checkout.held_by.reservation().is_some());
    let is_over = order.status.is_terminal();
    is_held_so && !is_over && order.status != OrderStatus::PendingPayment && order.stock.units.is_empty()
}
