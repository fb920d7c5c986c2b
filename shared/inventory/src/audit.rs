use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use souk_domain::{
    audit::{RowFacts, RowReading, Tally, Violation, stock, tallies},
    ids::{Sku, WarehouseId},
    reservation::Reservation,
    stock::{Allocation, RowKey},
};
use souk_dynamo::{Page, StoreError};
use souk_wiring::FromEnvironment;

use crate::{Ledger, ReservationBook, StockRows, flash_sale_units::Allotment};

/// A row that was written less long ago is not at rest: its ledger follows by a stream.
const REST: SignedDuration = SignedDuration::from_secs(10);

/// What an audit of the stock looked at and found.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct StockAudit {
    /// Rows that were looked at.
    pub rows: usize,
    /// Reservations that were counted, the flash sales' records too.
    pub reservations: usize,
    /// SKUs that looked wrong and moved meanwhile: nothing can be said of them but to look again.
    pub moving: Vec<Sku>,
    /// What must not be.
    pub violations: Vec<Violation>,
}

/// The tables of an audit.
#[derive(Debug, Clone, FromEnvironment)]
pub struct StockAuditor {
    rows: StockRows,
    reservations: ReservationBook,
    ledger: Ledger,
}

/// A record of the `reservations` table.
#[derive(Deserialize)]
#[serde(untagged)]
enum Stored {
    Counted(Counted),
    /// Stored before records said what they are: only an allotment names a sale.
    OlderAllotment(Allotment),
    OlderReservation(Reservation),
}

/// What holds units of rows.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
enum Counted {
    Allotment(Allotment),
    Reservation(Reservation),
}

impl From<Stored> for Counted {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::Counted(counted) => counted,
            Stored::OlderAllotment(allotment) => Self::Allotment(allotment),
            Stored::OlderReservation(reservation) => Self::Reservation(reservation),
        }
    }
}

type Rows = BTreeMap<Sku, Vec<RowFacts>>;
type Tallies = HashMap<Sku, BTreeMap<WarehouseId, Tally>>;

impl StockAuditor {
    /// Over these tables.
    pub fn new(rows: StockRows, reservations: ReservationBook, ledger: Ledger) -> Self {
        Self { rows, reservations, ledger }
    }

    /// Recomputes I1 and I2 over all rows. What looks wrong is looked at once more by itself, and is
    /// reported only where none of its rows was written between the two ends of that second look: every
    /// step of a reservation writes its rows, so its numbers then belong together.
    ///
    /// Memory grows with the rows, never with reservations or ledger entries: those are summed page by page.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn audit(&self, now: Timestamp) -> Result<StockAudit, StoreError> {
        let mut audit = StockAudit::default();
        let rows = self.all_rows(&mut audit).await?;
        let (tallies, reservations) = self.tallies(None).await?;
        audit.reservations = reservations;
        let known: BTreeSet<Sku> = rows.keys().chain(tallies.keys()).cloned().collect();
        let mut suspects = BTreeSet::new();
        for sku in known {
            if !self.judge(&sku, rows.get(&sku), tallies.get(&sku)).await?.is_empty() {
                suspects.insert(sku);
            }
        }
        if !suspects.is_empty() {
            self.recheck(&suspects, now, &mut audit).await?;
        }
        Ok(audit)
    }

    async fn recheck(
        &self,
        suspects: &BTreeSet<Sku>,
        now: Timestamp,
        audit: &mut StockAudit,
    ) -> Result<(), StoreError> {
        let mut before = Rows::new();
        for sku in suspects {
            before.insert(sku.clone(), self.rows_of(sku).await?);
        }
        let (tallies, _) = self.tallies(Some(suspects)).await?;
        for (sku, rows) in &before {
            let found = self.judge(sku, Some(rows), tallies.get(sku)).await?;
            if found.is_empty() {
                continue;
            }
            let at_rest = rows.iter().all(|row| row.written.at + REST <= now);
            if at_rest && self.rows_of(sku).await? == *rows {
                audit.violations.extend(found);
            } else {
                audit.moving.push(sku.clone());
            }
        }
        Ok(())
    }

    async fn judge(
        &self,
        sku: &Sku,
        rows: Option<&Vec<RowFacts>>,
        tallies: Option<&BTreeMap<WarehouseId, Tally>>,
    ) -> Result<Vec<Violation>, StoreError> {
        let mut tallies = tallies.cloned().unwrap_or_default();
        let mut readings = Vec::new();
        for row in rows.into_iter().flatten() {
            readings.push(RowReading {
                key: row.key(),
                row: Some(row.clone()),
                // Reservations have units of first rows only.
                tally: row.split.is_first().then(|| tallies.remove(&row.warehouse_id)).flatten().unwrap_or_default(),
                ledger: self.ledger.sum(&row.key(), row.version).await?,
            });
        }
        // Whatever is left over has no row.
        readings.extend(tallies.into_iter().map(|(warehouse_id, tally)| RowReading {
            key: RowKey::first(sku, &warehouse_id),
            row: None,
            tally,
            ledger: Default::default(),
        }));
        Ok(stock(sku, &readings))
    }

    async fn rows_of(&self, sku: &Sku) -> Result<Vec<RowFacts>, StoreError> {
        let mut rows: Vec<RowFacts> = self.rows.table.partition("sku", sku.as_str()).await?;
        let splits = rows.iter().flat_map(|row| row.splits.all().map(|split| row.key().of_split(split)));
        let splits: Vec<RowKey> = splits.collect();
        rows.extend(self.rows.read_rows::<RowFacts>(&splits).await?);
        rows.sort_by_key(RowFacts::key);
        Ok(rows)
    }

    async fn all_rows(&self, audit: &mut StockAudit) -> Result<Rows, StoreError> {
        let (mut rows, mut after) = (Rows::new(), None);
        loop {
            let Page { items: page, next } = self.rows.table.scan_page::<RowFacts>(after).await?;
            audit.rows += page.len();
            for row in page {
                rows.entry(row.sku.clone()).or_default().push(row);
            }
            match next {
                Some(key) => after = Some(key),
                None => return Ok(rows),
            }
        }
    }

    /// What reservations have of each row (of these SKUs only), and how many reservations there are.
    async fn tallies(&self, only: Option<&BTreeSet<Sku>>) -> Result<(Tallies, usize), StoreError> {
        let (mut tallies, mut count, mut after) = (Tallies::new(), 0, None);
        loop {
            let page = self.reservations.table.scan_page::<Stored>(after).await?;
            let Page { items: page, next } = page.map(Counted::from);
            count += page.len();
            for record in &page {
                for (sku, warehouse_id, tally) in record.tallies() {
                    if only.is_none_or(|only| only.contains(sku)) {
                        let rows = tallies.entry(sku.clone()).or_default();
                        rows.entry(warehouse_id.clone()).or_default().add(tally);
                    }
                }
            }
            match next {
                Some(key) => after = Some(key),
                None => return Ok((tallies, count)),
            }
        }
    }
}

impl Counted {
    fn tallies(&self) -> Vec<(&Sku, &WarehouseId, Tally)> {
        match self {
            Self::Reservation(reservation) => tallies(reservation).collect(),
            // A sale's units count as sold but for what came back, which is known by shard and not by
            // warehouse: the sum over the SKU is what matters, so one line takes all of it.
            Self::Allotment(Allotment { lines, returned, .. }) => {
                let mut back: i64 = returned.values().map(|units| i64::from(*units)).sum();
                let tally =
                    |line: &Allocation| Tally { held: 0, sold: i64::from(line.quantity) - std::mem::take(&mut back) };
                let sold: Vec<Tally> = lines.iter().map(tally).collect();
                lines.iter().zip(sold).map(|(line, tally)| (&line.sku, &line.warehouse_id, tally)).collect()
            }
        }
    }
}
