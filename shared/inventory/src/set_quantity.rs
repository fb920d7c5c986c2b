use std::time::Duration;

use jiff::Timestamp;
use souk_domain::{
    ids::{Sku, UserId, WarehouseId},
    stock::{Change, Delta, Holds, Movement, Place, Split, Splits, StockRow},
};
use souk_dynamo::{Backoff, Outcome, StoreError, Update, attribute, n, s};

use crate::{
    StockRows,
    row_write::{key, movement_of, unless_moved},
};

/// How often a count is written that others who sell are in the way of.
const ATTEMPTS: u32 = 12;
const BACKOFF: Backoff = Backoff { base: Duration::from_millis(10), cap: Duration::from_millis(200) };

/// What whoever counted had seen of the row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// Nothing: they believe that the warehouse does not hold the SKU.
    Nothing,
    /// This version of it: the count says how many there are now, so nothing may have happened since.
    Version(u64),
    /// So many units, when people had counted and adjusted it so often: the count says how many more or fewer there are
    /// than the books said, and what is sold since is sold.
    Books {
        /// Units.
        quantity: u32,
        /// Counts and adjustments.
        counted: u32,
    },
}

impl From<Option<u64>> for Seen {
    fn from(version: Option<u64>) -> Self {
        version.map_or(Self::Nothing, Self::Version)
    }
}

/// What somebody found who counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// So many units.
    pub quantity: u32,
    /// Where; where that is not said, they lie where they lay.
    pub place: Option<Place>,
}

impl From<u32> for Count {
    fn from(quantity: u32) -> Self {
        Self { quantity, place: None }
    }
}

/// How setting a quantity ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum SetQuantityOutcome {
    /// The warehouse holds the SKU from now on.
    Created(StockRow),
    /// The quantity, or the place, was another.
    Changed(StockRow),
    /// All was so before; nothing was written.
    Unchanged(StockRow),
    /// More units than that are reserved.
    BelowReserved(StockRow),
    /// The row is there, and the caller named no version of it.
    VersionNeeded(StockRow),
    /// The row has another version than the caller named; `None` where there is no row.
    Stale(Option<StockRow>),
}

impl StockRows {
    /// Sets how many units a warehouse holds, and where they lie, as far as the row still is what was [`Seen`] of it.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating then answers `Stale` or `VersionNeeded`.
    pub async fn set_quantity(
        &self,
        (sku, warehouse_id): (&Sku, &WarehouseId),
        count: impl Into<Count>,
        seen: impl Into<Seen>,
        by: &UserId,
        now: Timestamp,
    ) -> Result<SetQuantityOutcome, StoreError> {
        let count = count.into();
        let quantity = count.quantity;
        let cause = |from: u32| Movement {
            kind: Change::Set(quantity).kind(),
            reference: by.to_string(),
            reason: None,
            delta: Change::Set(quantity).delta(from),
            at: now,
        };
        match seen.into() {
            Seen::Nothing => {
                let row = StockRow {
                    sku: sku.clone(),
                    warehouse_id: warehouse_id.clone(),
                    split: Split::FIRST,
                    splits: Splits::default(),
                    quantity,
                    reserved_quantity: 0,
                    available: quantity,
                    holds: Holds::default(),
                    floor: None,
                    place: count.place,
                    counted: 1,
                    moved: 0,
                    version: 1,
                    movement: cause(0),
                };
                match self.table.put_if(&row, attribute("sku").is_absent()).await? {
                    Outcome::Written(()) => Ok(SetQuantityOutcome::Created(row)),
                    Outcome::Refused(Some(item)) => {
                        let present = self.whole(&souk_dynamo::decode(item)?).await?;
                        Ok(SetQuantityOutcome::VersionNeeded(present))
                    }
                    Outcome::Refused(None) => Err(StoreError::corrupt("a row was refused and is not there")),
                }
            }
            Seen::Version(seen) => {
                let Some(row) = self.get(sku, warehouse_id).await? else { return Ok(SetQuantityOutcome::Stale(None)) };
                let splits = self.splits_of(&row).await?;
                let whole = row.whole(&splits);
                match whole.version == seen {
                    true => self.change(row, splits, count, cause).await,
                    false => Ok(SetQuantityOutcome::Stale(Some(whole))),
                }
            }
            Seen::Books { quantity: books, counted } => {
                self.correct((sku, warehouse_id), cause(books), counted, count.place).await
            }
        }
    }

    /// Additions, which commute with whatever is sold meanwhile. Condition: nobody else has counted or adjusted.
    async fn correct(
        &self,
        (sku, warehouse_id): (&Sku, &WarehouseId),
        cause: Movement,
        counted: u32,
        place: Option<Place>,
    ) -> Result<SetQuantityOutcome, StoreError> {
        let delta = cause.delta;
        for attempt in 1..=ATTEMPTS {
            let Some(row) = self.get(sku, warehouse_id).await? else { return Ok(SetQuantityOutcome::Stale(None)) };
            let splits = self.splits_of(&row).await?;
            let whole = row.whole(&splits);
            if row.counted != counted {
                return Ok(SetQuantityOutcome::Stale(Some(whole)));
            }
            let moves_to = place.as_ref().filter(|place| row.place.as_ref() != Some(place));
            if delta == Delta::default() && moves_to.is_none() {
                return Ok(SetQuantityOutcome::Unchanged(whole));
            }
            if i64::from(whole.available) + delta.available() < 0 {
                return Ok(SetQuantityOutcome::BelowReserved(whole));
            }
            let (_, splits) = self.gather_for(row, splits, delta, cause.at).await?;
            let write = unless_counted(movement_of(&cause)?, counted);
            let write = write.set_some("place", moves_to.map(|place| s(place.as_str())));
            if let Outcome::Written(item) = self.table.update(&key(sku, warehouse_id), write).await? {
                return Ok(SetQuantityOutcome::Changed(souk_dynamo::decode::<StockRow>(item)?.whole(&splits)));
            }
            // Units were sold that it takes, or somebody has counted.
            BACKOFF.pause(attempt).await;
        }
        Err(StoreError::Busy("a row's units are sold as fast as they are brought together".to_owned()))
    }

    /// What splits sell between their reading and the write is sold after the count.
    async fn change(
        &self,
        row: StockRow,
        splits: Vec<StockRow>,
        Count { quantity, place }: Count,
        cause: impl Fn(u32) -> Movement,
    ) -> Result<SetQuantityOutcome, StoreError> {
        let whole = row.whole(&splits);
        let moves_to = place.filter(|place| row.place.as_ref() != Some(place));
        if whole.quantity == quantity && moves_to.is_none() {
            return Ok(SetQuantityOutcome::Unchanged(whole));
        }
        if quantity < whole.set_aside() {
            return Ok(SetQuantityOutcome::BelowReserved(whole));
        }
        let cause = cause(whole.quantity);
        let (row, splits) = self.gather_for(row, splits, cause.delta, cause.at).await?;
        let write = unless_moved(movement_of(&cause)?, &row);
        let write = write.set_some("place", moves_to.map(|place| s(place.as_str())));
        let whole = |item| souk_dynamo::decode::<StockRow>(item).map(|row| row.whole(&splits));
        match self.table.update(&key(&row.sku, &row.warehouse_id), write).await? {
            Outcome::Written(item) => Ok(SetQuantityOutcome::Changed(whole(item)?)),
            Outcome::Refused(item) => Ok(SetQuantityOutcome::Stale(item.map(whole).transpose()?)),
        }
    }
}

/// Only where people have counted and adjusted the row so often and no more.
fn unless_counted(write: Update, counted: u32) -> Update {
    let so_often = attribute("counted").equals(n(counted));
    write.when(if counted == 0 { attribute("counted").is_absent().or(so_often) } else { so_often })
}
