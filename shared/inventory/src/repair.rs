use jiff::{SignedDuration, Timestamp};
use souk_domain::{
    audit::{RowFacts, tallies},
    ids::{Sku, UserId, WarehouseId},
    reservation::{HELD_SHARDS, held_shard},
    stock::{Delta, Movement, MovementKind, StockRow},
};
use souk_dynamo::{Outcome, Page, StoreError, Table, Update, attribute, n, s};

use crate::{
    Reservations,
    reservations::{HELD, Held},
    row_write::key,
};

/// How long a row must not have been written before it can be repaired: held reservations are found
/// through an index, which is eventual.
const REST: SignedDuration = SignedDuration::from_secs(10);

/// How repairing a row ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum RepairOutcome {
    /// What is set aside is what reservations hold, and what is for sale is the rest.
    Repaired(StockRow),
    /// It was so already; nothing was written.
    Sound(StockRow),
    /// Reservations hold more than the row has units: somebody must count first.
    TooFewUnits {
        /// Units in the warehouse.
        quantity: i64,
        /// Units that reservations and the row's own holds hold.
        held: i64,
    },
    /// The row was written a moment ago: wait.
    Moving,
    /// The row has another version than the caller named.
    Stale(u64),
    /// There is no such row.
    Absent,
}

impl Reservations {
    /// Sets a row's reserved and available units right from the reservations that hold some of it. Its
    /// quantity stays: only a count can tell that. Condition: the version that the operator has seen.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating then answers `Stale`.
    pub async fn repair(
        &self,
        (sku, warehouse_id): (&Sku, &WarehouseId),
        seen: u64,
        by: &UserId,
        now: Timestamp,
    ) -> Result<RepairOutcome, StoreError> {
        let key = key(sku, warehouse_id);
        let Some(row) = self.rows.table.get::<RowFacts>(&key).await? else { return Ok(RepairOutcome::Absent) };
        // What an operator has seen is the warehouse's whole stock.
        let splits = self.rows.splits_beside(&row.key(), row.splits).await?;
        let beside: u64 = splits.iter().map(|split| split.version).sum();
        if row.version + beside != seen {
            return Ok(RepairOutcome::Stale(row.version + beside));
        }
        if row.written.at + REST > now {
            return Ok(RepairOutcome::Moving);
        }
        let held = self.held_of(sku, warehouse_id).await?;
        // What the row itself holds is its own word, and stays.
        let in_row = i64::from(row.holds.units());
        let available = row.quantity - held - in_row;
        if available < 0 {
            return Ok(RepairOutcome::TooFewUnits { quantity: row.quantity, held: held + in_row });
        }
        if (row.reserved_quantity, row.available) == (held, available) {
            return Ok(match self.rows.get(sku, warehouse_id).await? {
                Some(present) if present.version == row.version => RepairOutcome::Sound(present.whole(&splits)),
                present => present.map_or(RepairOutcome::Absent, |row| RepairOutcome::Stale(row.version + beside)),
            });
        }
        let movement = Movement {
            kind: MovementKind::Repaired,
            reference: by.to_string(),
            reason: Some(format!("available was {}", row.available)),
            delta: Delta { quantity: 0, reserved: held - row.reserved_quantity },
            at: now,
        };
        let update = Update::new()
            .set("reserved_quantity", n(held))
            .set("available", n(available))
            .set("movement", souk_dynamo::value(&movement)?)
            .add("version", n(1))
            .when(attribute("version").equals(n(row.version)));
        Ok(match self.rows.table.update(&key, update).await? {
            Outcome::Written(item) => RepairOutcome::Repaired(souk_dynamo::decode::<StockRow>(item)?.whole(&splits)),
            Outcome::Refused(Some(item)) => {
                RepairOutcome::Stale(souk_dynamo::decode::<RowFacts>(item)?.version + beside)
            }
            Outcome::Refused(None) => RepairOutcome::Absent,
        })
    }

    /// Units of a row that reservations hold, each read consistently. Whatever begins or ends to be held
    /// meanwhile moves the row's version, which refuses the repair.
    async fn held_of(&self, sku: &Sku, warehouse_id: &WarehouseId) -> Result<i64, StoreError> {
        let mut held = 0;
        for shard in (0..HELD_SHARDS).map(held_shard) {
            let mut after = None;
            loop {
                let query = self
                    .table
                    .query()
                    .index_name(HELD.name)
                    .key_condition_expression("held = :shard")
                    .expression_attribute_values(":shard", s(&shard));
                let Page { items: ids, next } =
                    Table::page::<Held>(query, after).await?.map(|held| held.reservation_id);
                let found = self.many(&ids).await?;
                let of_row = found.iter().flat_map(tallies).filter(|(s, w, _)| (*s, *w) == (sku, warehouse_id));
                held += of_row.map(|(_, _, tally)| tally.held).sum::<i64>();
                match next {
                    Some(key) => after = Some(key),
                    None => break,
                }
            }
        }
        Ok(held)
    }
}
