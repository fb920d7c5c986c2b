use std::time::Duration;

use jiff::Timestamp;
use souk_domain::{
    ids::{ReservationId, Sku, WarehouseId},
    quantity::Quantity,
    reservation::Reservation,
    stock::{Allocation, Change, Demand, Shortage, StockRow, allocate},
};
use souk_dynamo::{Backoff, Refusal, StoreError, Transaction, TransactionOutcome, attribute};

use crate::{
    Reservations,
    reservations::ReservationRecord,
    row_write::{change_by, key},
};

/// How often a reservation is tried under contention. Whoever wins makes progress for all, so this
/// bounds the wait (some 2 s), not the work.
const ATTEMPTS: u32 = 16;
const BACKOFF: Backoff = Backoff { base: Duration::from_millis(10), cap: Duration::from_millis(320) };
/// DynamoDB's bound of a transaction is 100 writes, one of which is the reservation.
const MAX_ROWS: usize = 99;
/// A transactional write of up to 1 KB costs so many units, refused ones included.
const UNITS_PER_WRITE: f64 = 2.0;

/// What is to be set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReserveRequest {
    /// Derived from the checkout: asking again finds what is there.
    pub reservation_id: ReservationId,
    /// What, and how many units of each. Lines may share a SKU.
    pub lines: Vec<(Sku, Quantity)>,
    /// When the units go back.
    pub expires_at: Timestamp,
    /// Warehouses, nearest first. Those not named come last.
    pub nearest: Vec<WarehouseId>,
}

/// What a reservation cost.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ReservationCost {
    /// Transactions sent.
    pub attempts: u32,
    /// Write units they consumed. DynamoDB does not report those of a refused transaction: they are
    /// counted as it bills them.
    pub write_units: f64,
}

/// How reserving ended.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub enum ReserveOutcome {
    /// The units are set aside.
    Reserved(Reservation, ReservationCost),
    /// The reservation was made earlier; as it stands now, which may be ended.
    Exists(Reservation),
    /// There is too little, as the rows were read.
    OutOfStock(Shortage),
    /// The units lie in so many warehouses that one transaction cannot take them.
    Scattered,
    /// Others kept getting in between. Says nothing of the stock: try again.
    Busy,
}

/// The rows of the wanted SKUs as they were last read.
struct CandidateRows(Vec<StockRow>);

impl Reservations {
    /// Sets units aside, all lines or none.
    ///
    /// The writes ask for enough available units, not for the version that was read: taking units commutes
    /// with every other movement of a row, each of which still raises the version and leaves its own entry
    /// in the ledger. Where 200 buyers met on one row, asking for the version too on the first attempt cost
    /// 9.0 write units and 1.99 attempts per reservation; without it 5.0 and 1.00 (in process,
    /// where nobody collides at the very same instant; a collision repeats the attempt).
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; asking again with the same id is safe.
    pub async fn reserve(&self, request: &ReserveRequest, now: Timestamp) -> Result<ReserveOutcome, StoreError> {
        let demand = Demand::of_lines(request.lines.iter().map(|(sku, quantity)| (sku, *quantity)));
        let mut candidates = self.read_candidates(&demand).await?;
        let mut cost = ReservationCost::default();
        while cost.attempts < ATTEMPTS {
            let plan = match allocate(&demand, &candidates.offered(), &request.nearest) {
                Ok(plan) if plan.len() > MAX_ROWS => return Ok(ReserveOutcome::Scattered),
                Ok(plan) => plan,
                Err(shortage) if self.rows.gather_all(&candidates.0, shortage.requested, now).await? => {
                    cost.attempts += 1;
                    candidates = self.read_candidates(&demand).await?;
                    continue;
                }
                // The units may be gone because an earlier call with this id took them.
                Err(shortage) => return self.stored_or(request, ReserveOutcome::OutOfStock(shortage)).await,
            };
            let held = Reservation::held(request.reservation_id.clone(), plan, now, request.expires_at);
            let transaction = self.taking(&held, now)?;
            cost.attempts += 1;
            match transaction.commit(self.table.client()).await {
                Ok(TransactionOutcome::Committed { write_units }) => {
                    cost.write_units += write_units;
                    return Ok(ReserveOutcome::Reserved(held, cost));
                }
                Ok(TransactionOutcome::Refused(refusals)) => {
                    if let Some(stored) = candidates.apply_refusals(&held.lines, refusals)? {
                        return Ok(ReserveOutcome::Exists(stored));
                    }
                }
                Err(StoreError::Busy(_)) => {}
                Err(error) => return Err(error),
            }
            cost.write_units += UNITS_PER_WRITE * (held.lines.len() + 1) as f64;
            BACKOFF.pause(cost.attempts).await;
        }
        self.stored_or(request, ReserveOutcome::Busy).await
    }

    /// One consistent query per SKU.
    async fn read_candidates(&self, demand: &Demand) -> Result<CandidateRows, StoreError> {
        let mut rows = Vec::new();
        for sku in demand.skus() {
            rows.extend(self.rows.of_sku(sku).await?);
        }
        Ok(CandidateRows(rows))
    }

    async fn stored_or(
        &self,
        request: &ReserveRequest,
        otherwise: ReserveOutcome,
    ) -> Result<ReserveOutcome, StoreError> {
        Ok(self.get(&request.reservation_id).await?.map_or(otherwise, ReserveOutcome::Exists))
    }

    /// The rows, then the reservation.
    fn taking(&self, held: &Reservation, now: Timestamp) -> Result<Transaction, StoreError> {
        let mut transaction = Transaction::new();
        for line in &held.lines {
            let write = change_by(&held.reservation_id, Change::Reserve(line.quantity), now)?;
            transaction = transaction.update(&self.rows.table, &key(&line.sku, &line.warehouse_id), write);
        }
        let record = ReservationRecord::of(held, now);
        Ok(transaction.put_if(&self.table, &record, attribute("reservation_id").is_absent()))
    }
}

impl CandidateRows {
    fn offered(&self) -> Vec<Allocation> {
        self.0.iter().map(StockRow::offered).collect()
    }

    fn row(&mut self, line: &Allocation) -> Option<&mut StockRow> {
        self.0.iter_mut().find(|row| row.sku == line.sku && row.warehouse_id == line.warehouse_id)
    }

    /// Takes in what a refused transaction returned: the rows as they stand now. `Some` where the
    /// reservation itself was in the way, because it is there already.
    fn apply_refusals(
        &mut self,
        lines: &[Allocation],
        refusals: Vec<Refusal>,
    ) -> Result<Option<Reservation>, StoreError> {
        for (position, refusal) in refusals.into_iter().enumerate() {
            let Refusal::Condition(image) = refusal else { continue };
            let Some(line) = lines.get(position) else {
                return image.map(souk_dynamo::decode).transpose();
            };
            let Some(row) = self.row(line) else { continue };
            match image {
                Some(image) => *row = souk_dynamo::decode(image)?,
                None => row.available = 0,
            }
        }
        Ok(None)
    }
}
