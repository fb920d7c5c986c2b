use jiff::Timestamp;
use souk_domain::{
    ids::{Sku, UserId, WarehouseId},
    stock::{Change, Holds, Movement, Place, Split, Splits, StockRow},
};
use souk_dynamo::{Outcome, StoreError, attribute, s};

use crate::{
    StockRows,
    row_write::{key, movement_of, unless_moved},
};

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
    /// Sets how many units a warehouse holds, and where they lie. Without `seen` it only creates the row; with it, it only
    /// changes that version: a count overrides whatever happened since, so nothing may have.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating then answers `Stale` or `VersionNeeded`.
    pub async fn set_quantity(
        &self,
        (sku, warehouse_id): (&Sku, &WarehouseId),
        count: impl Into<Count>,
        seen: Option<u64>,
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
        match seen {
            None => {
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
            Some(seen) => {
                let Some(row) = self.get(sku, warehouse_id).await? else { return Ok(SetQuantityOutcome::Stale(None)) };
                let splits = self.splits_of(&row).await?;
                let whole = row.whole(&splits);
                match whole.version == seen {
                    true => self.change(row, splits, count, cause).await,
                    false => Ok(SetQuantityOutcome::Stale(Some(whole))),
                }
            }
        }
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
        let (row, splits) = self.gather_for(row, splits, Change::Set(quantity), cause.at).await?;
        let write = unless_moved(movement_of(&cause)?, &row);
        let write = write.set_some("place", moves_to.map(|place| s(place.as_str())));
        let whole = |item| souk_dynamo::decode::<StockRow>(item).map(|row| row.whole(&splits));
        match self.table.update(&key(&row.sku, &row.warehouse_id), write).await? {
            Outcome::Written(item) => Ok(SetQuantityOutcome::Changed(whole(item)?)),
            Outcome::Refused(item) => Ok(SetQuantityOutcome::Stale(item.map(whole).transpose()?)),
        }
    }
}
