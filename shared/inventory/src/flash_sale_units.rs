use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use souk_domain::{
    ids::{FlashSaleId, ReservationId, Sku, WarehouseId},
    stock::{Allocation, Change, Demand, Shortage, StockRow, allocate},
};
use souk_dynamo::{Backoff, Refusal, StoreError, Table, Transaction, TransactionOutcome, attribute, n};
use souk_wiring::FromEnvironment;

use crate::{
    StockRows,
    row_write::{change_by, key},
};

/// How often one is tried that others got in the way of.
const ATTEMPTS: u32 = 16;
const BACKOFF: Backoff = Backoff { base: Duration::from_millis(10), cap: Duration::from_millis(320) };

/// The units that flash sales have taken out of stock, and what came back of them: one record a sale,
/// in the `reservations` table.
///
/// A sale sells out of its own shards, so no row of stock is hot while it runs. What comes back is
/// sent as the number of units returned so far, per shard: sending it twice changes nothing.
#[derive(Debug, Clone, FromEnvironment)]
pub struct FlashSaleUnits {
    #[variable("RESERVATIONS_TABLE")]
    table: Table,
    rows: StockRows,
}

/// What one shard has given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenBack {
    /// Where the shard's units lie.
    pub warehouse_id: WarehouseId,
    /// Units given back since the sale began. Never falls.
    pub returned: u32,
}

/// How taking a sale's units ended.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub enum AllotOutcome {
    /// They are the sale's, now or before: from where how many.
    Allotted(Vec<Allocation>),
    /// There is too little, as the rows were read.
    OutOfStock(Shortage),
    /// Others kept getting in between: try again.
    Busy,
}

/// The record of one sale's units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename = "ALLOTMENT")]
pub(crate) struct Allotment {
    reservation_id: ReservationId,
    sale_id: FlashSaleId,
    pub(crate) lines: Vec<Allocation>,
    /// Units given back so far, by shard.
    #[serde(default)]
    pub(crate) returned: BTreeMap<String, u32>,
    version: u64,
}

impl FlashSaleUnits {
    /// The sales' records in this `reservations` table, with these rows.
    pub fn new(table: Table, rows: StockRows) -> Self {
        Self { table, rows }
    }

    /// Takes a sale's units out of stock, all or none. Repeating it finds what was taken.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn allot(
        &self,
        sale_id: &FlashSaleId,
        sku: &Sku,
        units: u32,
        now: Timestamp,
    ) -> Result<AllotOutcome, StoreError> {
        let demand = Demand::of_units(sku, units);
        for attempt in 1..=ATTEMPTS {
            if let Some(allotted) = self.get(sale_id).await? {
                return Ok(AllotOutcome::Allotted(allotted.lines));
            }
            let rows = self.rows.of_sku(sku).await?;
            let offered: Vec<_> = rows.iter().map(StockRow::offered).collect();
            let lines = match allocate(&demand, &offered, &[]) {
                Ok(lines) => lines,
                Err(_) if self.rows.gather_all(&rows, units, now).await? => continue,
                Err(shortage) => return Ok(AllotOutcome::OutOfStock(shortage)),
            };
            let allotment = Allotment {
                reservation_id: ReservationId::of_sale(sale_id),
                sale_id: sale_id.clone(),
                lines,
                returned: BTreeMap::new(),
                version: 1,
            };
            let mut transaction =
                Transaction::new().put_if(&self.table, &allotment, attribute("reservation_id").is_absent());
            for line in &allotment.lines {
                let change = Change::Allot(line.quantity);
                transaction = self.change_row(transaction, sale_id, sku, &line.warehouse_id, change, now)?;
            }
            match transaction.commit(self.table.client()).await {
                Ok(TransactionOutcome::Committed { .. }) => return Ok(AllotOutcome::Allotted(allotment.lines)),
                Ok(TransactionOutcome::Refused(_)) | Err(StoreError::Busy(_)) => BACKOFF.pause(attempt).await,
                Err(error) => return Err(error),
            }
        }
        Ok(AllotOutcome::Busy)
    }

    /// Puts back into stock what the sale's shards have given back and stock has not seen yet. Returns
    /// how many units that were. Condition: the record as it was read.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn credit(
        &self,
        sale_id: &FlashSaleId,
        shards: &BTreeMap<u32, GivenBack>,
        now: Timestamp,
    ) -> Result<u32, StoreError> {
        for attempt in 1..=ATTEMPTS {
            let Some(seen) = self.get(sale_id).await? else { return Ok(0) };
            let Some(sku) = seen.lines.first().map(|line| line.sku.clone()) else { return Ok(0) };
            let (next, back) = seen.crediting(shards);
            if back.is_empty() {
                return Ok(0);
            }
            let unchanged = attribute("version").equals(n(seen.version));
            let mut transaction = Transaction::new().put_if(&self.table, &next, unchanged);
            for (warehouse_id, units) in &back {
                transaction = self.change_row(transaction, sale_id, &sku, warehouse_id, Change::Return(*units), now)?;
            }
            match transaction.commit(self.table.client()).await {
                Ok(TransactionOutcome::Committed { .. }) => return Ok(back.values().sum()),
                Ok(TransactionOutcome::Refused(reasons)) => full(&reasons)?,
                Err(StoreError::Busy(_)) => {}
                Err(error) => return Err(error),
            }
            BACKOFF.pause(attempt).await;
        }
        Err(StoreError::Busy(format!("the units of sale {sale_id} are being credited by others")))
    }

    async fn get(&self, sale_id: &FlashSaleId) -> Result<Option<Allotment>, StoreError> {
        self.table.get(&[("reservation_id", ReservationId::of_sale(sale_id).as_str())]).await
    }

    fn change_row(
        &self,
        transaction: Transaction,
        sale_id: &FlashSaleId,
        sku: &Sku,
        warehouse_id: &WarehouseId,
        change: Change,
        now: Timestamp,
    ) -> Result<Transaction, StoreError> {
        let write = change_by(ReservationId::of_sale(sale_id), change, now)?;
        Ok(transaction.update(&self.rows.table, &key(sku, warehouse_id), write))
    }
}

/// A row that would exceed its bound, or is gone, refuses for good: repeating would not help.
fn full(reasons: &[Refusal]) -> Result<(), StoreError> {
    match reasons.iter().skip(1).any(|reason| matches!(reason, Refusal::Condition(_))) {
        true => Err(StoreError::Corrupt("a row of stock cannot take a sale's units back".to_owned())),
        false => Ok(()),
    }
}

impl Allotment {
    /// The record after these returns, and the units that stock has not seen yet, by warehouse.
    fn crediting(&self, shards: &BTreeMap<u32, GivenBack>) -> (Self, BTreeMap<WarehouseId, u32>) {
        let mut next = Self { version: self.version + 1, ..self.clone() };
        let mut back = BTreeMap::new();
        for (shard, given_back) in shards {
            let credited = next.returned.entry(shard.to_string()).or_default();
            // An older reading of the shard says less than what was credited already.
            let units = given_back.returned.saturating_sub(*credited);
            if units > 0 {
                *credited = given_back.returned;
                *back.entry(given_back.warehouse_id.clone()).or_default() += units;
            }
        }
        next.returned.retain(|_, units| *units > 0);
        (next, back)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given_back(shards: &[(u32, &str, u32)]) -> BTreeMap<u32, GivenBack> {
        let warehouse = |(shard, id, returned): &(u32, &str, u32)| {
            (*shard, GivenBack { warehouse_id: id.parse().unwrap(), returned: *returned })
        };
        shards.iter().map(warehouse).collect()
    }

    #[test]
    fn invariant_i8_what_was_credited_is_not_credited_again() {
        let sale_id: FlashSaleId = "sale".parse().unwrap();
        let fresh = Allotment {
            reservation_id: ReservationId::of_sale(&sale_id),
            sale_id,
            lines: Vec::new(),
            returned: BTreeMap::new(),
            version: 1,
        };
        let (first, back) =
            fresh.crediting(&given_back(&[(0, "east", 3), (1, "west", 1), (2, "east", 2), (3, "west", 0)]));
        assert_eq!(back.values().copied().collect::<Vec<_>>(), [5, 1], "east, then west");
        let (same, nothing) = first.crediting(&given_back(&[(0, "east", 3), (1, "west", 0)]));
        assert!(nothing.is_empty(), "an older reading takes nothing away either");
        assert_eq!(same.returned, first.returned);
        let (_, late) = first.crediting(&given_back(&[(0, "east", 4)]));
        assert_eq!(late.values().copied().collect::<Vec<_>>(), [1]);
    }
}
