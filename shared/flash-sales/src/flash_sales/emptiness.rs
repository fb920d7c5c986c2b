use souk_domain::ids::FlashSaleId;
use souk_dynamo::{AttributeValue, Metered, Outcome, StoreError, Update, attribute, n};

use super::{FlashSales, Room, record::Part};

/// How noting that a shard is empty ended.
#[derive(Debug)]
pub(crate) enum MarkOutcome {
    /// Noted; the room as it is now.
    Marked { room: Box<Room>, write_units: f64 },
    /// A unit has come back to some shard since.
    EpochPassed,
}

impl MarkOutcome {
    /// What it cost; a refused write as if the room were small.
    pub(crate) fn write_units(&self) -> f64 {
        match self {
            Self::Marked { write_units, .. } => *write_units,
            Self::EpochPassed => 1.0,
        }
    }
}

impl FlashSales {
    /// Notes that a shard was found empty. Condition: the epoch is the one that was read before the
    /// shard was asked. A unit that came back in between has raised it, and the note could be wrong.
    pub(crate) async fn mark_empty(
        &self,
        sale_id: &FlashSaleId,
        shard: u32,
        epoch: u64,
    ) -> Result<MarkOutcome, StoreError> {
        let update = Update::new().add("empty", only(shard)).when(attribute("epoch").equals(n(epoch)));
        Ok(match self.table.update_metered(&Part::Room.key(sale_id), update).await? {
            Outcome::Written(Metered { item, write_units }) => {
                MarkOutcome::Marked { room: Box::new(souk_dynamo::decode(item)?), write_units }
            }
            Outcome::Refused(_) => MarkOutcome::EpochPassed,
        })
    }

    /// Notes in the room that a shard has got a unit back: a new epoch, under which no older note of
    /// emptiness counts. Without a condition: doing it again only makes others read again.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub(crate) async fn unmark_empty(&self, sale_id: &FlashSaleId, shard: u32) -> Result<(), StoreError> {
        let update = Update::new().add("epoch", n(1)).delete("empty", only(shard)).when(attribute("sale_id").exists());
        match self.table.update(&Part::Room.key(sale_id), update).await? {
            Outcome::Written(_) => Ok(()),
            Outcome::Refused(_) => Err(StoreError::corrupt(format!("sale {sale_id} has no room"))),
        }
    }
}

/// The set of this one shard.
fn only(shard: u32) -> AttributeValue {
    AttributeValue::Ns(vec![shard.to_string()])
}
