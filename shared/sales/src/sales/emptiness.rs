use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use souk_domain::ids::SaleId;
use souk_dynamo::{AttributeValue, Outcome, StoreError, n};

use super::{Room, Sales, record::Part};

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

impl Sales {
    /// Notes that a shard was found empty. Condition: the epoch is the one that was read before the
    /// shard was asked. A unit that came back in between has raised it, and the note could be wrong.
    pub(crate) async fn mark_empty(&self, sale_id: &SaleId, shard: u32, epoch: u64) -> Result<MarkOutcome, StoreError> {
        let update = self
            .table
            .update(&Part::Room.key(sale_id))
            .update_expression("ADD #empty :shard")
            .condition_expression("epoch = :epoch")
            .expression_attribute_names("#empty", "empty")
            .expression_attribute_values(":shard", AttributeValue::Ns(vec![shard.to_string()]))
            .expression_attribute_values(":epoch", n(epoch))
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        Ok(match souk_dynamo::outcome(update.send().await)? {
            Outcome::Written(answer) => MarkOutcome::Marked {
                write_units: answer.consumed_capacity().and_then(|c| c.capacity_units).unwrap_or(1.0),
                room: Box::new(souk_dynamo::decode(answer.attributes.unwrap_or_default())?),
            },
            Outcome::Refused(_) => MarkOutcome::EpochPassed,
        })
    }

    /// Tells the room that a shard has got a unit back: a new epoch, under which no older note of
    /// emptiness counts. Without a condition: doing it again only makes others look again.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub(crate) async fn unit_came_back(&self, sale_id: &SaleId, shard: u32) -> Result<(), StoreError> {
        let update = self
            .table
            .update(&Part::Room.key(sale_id))
            .update_expression("ADD epoch :one DELETE #empty :shard")
            .condition_expression("attribute_exists(sale_id)")
            .expression_attribute_names("#empty", "empty")
            .expression_attribute_values(":one", n(1))
            .expression_attribute_values(":shard", AttributeValue::Ns(vec![shard.to_string()]));
        match self.table.write(update).await? {
            Outcome::Written(_) => Ok(()),
            Outcome::Refused(_) => Err(StoreError::corrupt(format!("sale {sale_id} has no room"))),
        }
    }
}
