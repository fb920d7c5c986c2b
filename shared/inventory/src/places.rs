use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use serde::Deserialize;
use souk_domain::{
    ids::{Sku, UserId, WarehouseId},
    stock::{Delta, Movement, MovementKind, Place, StockRow},
};
use souk_dynamo::{Outcome, StoreError, attribute, s};

use crate::{
    StockRows,
    row_write::{key, movement_of},
};

/// How saying where units lie ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum PlaceOutcome {
    /// They lie there now.
    Placed(StockRow),
    /// They lay there before; nothing was written.
    Unchanged(StockRow),
    /// The warehouse holds no such SKU.
    Absent,
}

/// A row, as far as pickers need it.
#[derive(Deserialize)]
struct Lying {
    sku: Sku,
    place: Option<Place>,
}

impl StockRows {
    /// Says where a row's units lie, or that no place is kept. It is no count: it needs no version, and the last word
    /// holds. The ledger has it, with who said so.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn put_away(
        &self,
        (sku, warehouse_id): (&Sku, &WarehouseId),
        place: Option<&Place>,
        by: &UserId,
        now: Timestamp,
    ) -> Result<PlaceOutcome, StoreError> {
        let moved = movement_of(&Movement {
            kind: MovementKind::Placed,
            reference: by.to_string(),
            reason: place.map(|place| place.as_str().to_owned()),
            delta: Delta::default(),
            at: now,
        })?;
        let kept = attribute("place");
        let write = match place.map(|place| s(place.as_str())) {
            Some(place) => {
                moved.set("place", place.clone()).when(kept.clone().is_absent().or(kept.differs_from(place)))
            }
            None => moved.remove("place").when(kept.exists()),
        };
        Ok(match self.table.update(&key(sku, warehouse_id), write).await? {
            Outcome::Written(item) => PlaceOutcome::Placed(self.whole(&souk_dynamo::decode(item)?).await?),
            Outcome::Refused(Some(item)) => PlaceOutcome::Unchanged(self.whole(&souk_dynamo::decode(item)?).await?),
            Outcome::Refused(None) => PlaceOutcome::Absent,
        })
    }

    /// Where these SKUs lie in a warehouse; those without a place are left out. Read eventually: for people who walk
    /// there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn places(
        &self,
        warehouse_id: &WarehouseId,
        skus: &BTreeSet<Sku>,
    ) -> Result<HashMap<Sku, Place>, StoreError> {
        let keys: Vec<_> = skus.iter().map(|sku| key(sku, warehouse_id)).collect();
        let rows = self.table.get_many(&keys, false).await?;
        let rows: Vec<Lying> = rows.into_iter().map(souk_dynamo::decode).collect::<Result<_, _>>()?;
        Ok(rows.into_iter().filter_map(|row| Some((row.sku, row.place?))).collect())
    }
}
