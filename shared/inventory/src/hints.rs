use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use souk_domain::{ids::Sku, stock::Hint};
use souk_dynamo::{StoreError, Table, Update, attribute, n};
use souk_wiring::FromEnvironment;

use crate::{Availability, StockRows};

/// The `hints` table (key `sku`): what was last told of a SKU, and when.
///
/// A SKU is told of only where something else is to be said of it than before, and at most once in the time
/// that is given. Whoever finds that time not over yet has to come back: then the stock of then is told.
#[derive(Debug, Clone, FromEnvironment)]
pub struct HintBook {
    rows: StockRows,
    #[variable("HINTS_TABLE")]
    table: Table,
    #[variable("HINT_SECONDS")]
    every: SignedDuration,
}

/// What is to be done about the hint of a SKU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HintStep {
    /// Nothing: what was told still holds.
    Holds,
    /// This is to be told, and then noted by [`HintBook::has_told`].
    Tell(Availability),
    /// To be asked again after so many seconds.
    Wait(u16),
}

#[derive(Debug, Deserialize)]
struct Told {
    available: Option<u64>,
    /// In milliseconds.
    claimed_at: i64,
}

impl HintBook {
    /// The hints of these rows, each told once in `every` at most.
    pub fn new(rows: StockRows, table: Table, every: SignedDuration) -> Self {
        Self { rows, table, every }
    }

    /// What is to be done about a SKU now. Of several who ask at once, one is to tell.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn step(&self, sku: &Sku, now: Timestamp) -> Result<HintStep, StoreError> {
        let told: Option<Told> = self.table.get(&[("sku", sku.as_str())]).await?;
        let present = self.rows.availability(sku).await?;
        let said = told.as_ref().and_then(|told| told.available).map(Hint::of);
        if said == Some(Hint::of(present.available)) {
            return Ok(HintStep::Holds);
        }
        let before = told.map(|told| told.claimed_at);
        if let Some(left) = before.and_then(|at| self.left(at, now)) {
            return Ok(HintStep::Wait(left));
        }
        // Before anything is told: who dies in between has lost some time, and no hint.
        let claim = Update::new().set("claimed_at", n(now.as_millisecond())).when(match before {
            Some(at) => attribute("claimed_at").equals(n(at)),
            None => attribute("sku").is_absent(),
        });
        let claimed = self.table.update(&[("sku", sku.as_str())], claim).await?.is_written();
        Ok(if claimed { HintStep::Tell(present) } else { HintStep::Wait(seconds(self.every)) })
    }

    /// Takes note of what was told.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn has_told(&self, told: &Availability) -> Result<(), StoreError> {
        let update = Update::new()
            .set("available", n(told.available))
            .set("version", n(told.version))
            .when(attribute("version").is_absent().or(attribute("version").is_below(n(told.version))));
        // Where it is refused, something newer was told.
        let _newer = self.table.update(&[("sku", told.sku.as_str())], update).await?;
        Ok(())
    }

    /// The seconds until it may be told of again; `None` where that is now.
    fn left(&self, claimed_at: i64, now: Timestamp) -> Option<u16> {
        let since = SignedDuration::from_millis(now.as_millisecond() - claimed_at);
        (since < self.every).then(|| seconds(self.every - since))
    }
}

/// Whole seconds, at least one, as a queue's delay: at most 900.
fn seconds(duration: SignedDuration) -> u16 {
    let whole = duration.as_secs() + i64::from(duration.subsec_nanos() > 0);
    u16::try_from(whole.clamp(1, 900)).unwrap_or(900)
}
