//! The sweeper: whatever a sale is owed and nobody did. It finishes preparations and closings that
//! died, calls conductors, ends claims whose order never came, unmarks shards that have a unit again, and
//! credits stock with what closed shards got back late.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use souk_domain::{
    flash_sale::{FlashSaleEvent, FlashSaleStatus},
    ids::FlashSaleId,
};
use souk_flash_sales::{ActiveFlashSale, FlashSale, IntentsBacklog, Room};
use souk_wiring::{Call, FromEnvironment};

use crate::{
    Failure, FlashSaleStock, conductors::Conductors, expire_late_claims::LateClaims, prepare_flash_sale::Preparation,
};

/// A message lives 14 days at most: a day later none of a closed sale can arrive any more.
const RETIRED_AFTER: SignedDuration = SignedDuration::from_hours(24 * 15);

/// All of a sale, the stock behind it, and the orders that it became.
#[derive(Debug, FromEnvironment)]
pub struct SweepFlashSales {
    sale: FlashSaleStock,
    backlog: IntentsBacklog,
    conductors: Conductors,
    late_claims: LateClaims,
}

/// What a run did.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    sales: u32,
    conductors_started: u32,
    claims_expired: u32,
    claims_released: u32,
    claims_waiting: u32,
    shards_repaired: usize,
    units_credited: u32,
    retired: u32,
    failed: u32,
}

impl SweepFlashSales {
    /// Goes through all sales that are not over; one sale's failure does not stop the others.
    ///
    /// # Errors
    /// Where the list of sales cannot be read.
    pub async fn run(&self, call: &Call) -> Result<Report, Failure> {
        let mut report = Report::default();
        let active = self.sale.sales.active().await?;
        // Before any claim is judged: a message that arrives later belongs to a claim that is younger.
        let drained = !active.is_empty() && self.backlog.is_drained().await?;
        for sale in active {
            report.sales += 1;
            let sale_id = sale.sale_id.clone();
            if let Err(error) = self.process(&sale, drained, call, &mut report).await {
                report.failed += 1;
                tracing::error!(%sale_id, %error, "a sale could not be swept");
            }
        }
        Ok(report)
    }

    async fn process(
        &self,
        active: &ActiveFlashSale,
        drained: bool,
        call: &Call,
        report: &mut Report,
    ) -> Result<(), Failure> {
        let (sale_id, now) = (&active.sale_id, call.now);
        let (sale, room) = (self.sale.sales.get(sale_id).await?, self.sale.sales.room(sale_id).await?);
        let (Some(sale), Some(room)) = (sale, room) else { return Ok(()) };
        match room.status {
            FlashSaleStatus::Preparing => return self.finish_preparing(&sale, now).await,
            FlashSaleStatus::Scheduled | FlashSaleStatus::Open => {
                if !room.is_conducted(now) && self.conductors.start_before(sale_id, room.opens_at, call).await {
                    report.conductors_started += 1;
                }
            }
            FlashSaleStatus::Paused => self.close_in_time(&room, now).await?,
            FlashSaleStatus::Closing => {
                let _settled_or_next_time = self.sale.finish_closing(&sale, now).await?;
            }
            FlashSaleStatus::Closed => {}
        }
        if !room.status.has_opened() {
            return Ok(());
        }
        let swept = self.late_claims.sweep(&sale, active.swept_until, drained, now).await?;
        report.claims_expired += swept.expired;
        report.claims_released += swept.released;
        report.claims_waiting += swept.waiting;
        self.sale.sales.swept(sale_id, swept.until).await?;
        report.shards_repaired += self.sale.shards.repair_empty_marks(sale_id).await?.len();
        if room.status == FlashSaleStatus::Closed {
            report.units_credited += self.sale.credit(&sale, now).await?;
            self.retire(sale_id, &room, swept.waiting, now, report).await?;
        }
        Ok(())
    }

    async fn finish_preparing(&self, sale: &FlashSale, now: Timestamp) -> Result<(), Failure> {
        match self.sale.prepare(sale, now).await? {
            Preparation::Ready | Preparation::Busy | Preparation::Unknown => {}
            Preparation::OutOfStock(shortage) => {
                tracing::warn!(sale_id = %sale.sale_id, %shortage, "a sale that was never prepared is withdrawn");
                self.sale.sales.withdraw(&sale.sale_id).await?;
            }
        }
        Ok(())
    }

    /// A paused sale has no conductor who would end it at its time.
    async fn close_in_time(&self, room: &Room, now: Timestamp) -> Result<(), Failure> {
        if room.closes_at.is_some_and(|closes_at| closes_at <= now) {
            let _the_next_run_finishes = self.sale.sales.transition(&room.sale_id, FlashSaleEvent::Close, now).await?;
        }
        Ok(())
    }

    async fn retire(
        &self,
        sale_id: &FlashSaleId,
        room: &Room,
        waiting: u32,
        now: Timestamp,
        report: &mut Report,
    ) -> Result<(), Failure> {
        if waiting == 0 && room.closes_at.is_some_and(|closed_at| closed_at + RETIRED_AFTER < now) {
            self.sale.sales.retire(sale_id).await?;
            report.retired += 1;
        }
        Ok(())
    }
}
