use aws_sdk_dynamodb::{
    operation::transact_write_items::TransactWriteItemsError,
    types::{
        CancellationReason, ConditionCheck, Delete, Put, ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure,
        TransactWriteItem, Update,
        builders::{ConditionCheckBuilder, DeleteBuilder, PutBuilder, UpdateBuilder},
    },
};
use serde::Serialize;

use crate::{Client, Item, StoreError, Table, encode, table::key_of};

/// Up to 100 writes that take effect together or not at all.
#[derive(Debug, Clone, Default)]
pub struct Transaction {
    items: Vec<TransactWriteItem>,
}

/// How a transaction ended.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub enum TransactionOutcome {
    /// All writes took effect; the write units that they cost.
    Committed {
        /// Write capacity units consumed, as DynamoDB counted them.
        write_units: f64,
    },
    /// Nothing was written. One entry per write, in the order in which they were added.
    Refused(Vec<Refusal>),
}

/// Why one write of a refused transaction did not happen.
#[derive(Debug, Clone, PartialEq)]
pub enum Refusal {
    /// This write was not the reason.
    None,
    /// Its condition did not hold; the item as it stood, where there was one.
    Condition(Option<Item>),
    /// Somebody else was writing the item, or the table was throttled: repeat after a pause.
    Contention,
}

impl Transaction {
    /// An empty transaction.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many writes it holds.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// True where nothing was added yet.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Adds a put of a whole struct. `build` adds condition, names and values.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where the item cannot be stored or the write is incomplete.
    pub fn put<T: Serialize>(
        self,
        table: &Table,
        item: &T,
        build: impl FnOnce(PutBuilder) -> PutBuilder,
    ) -> Result<Self, StoreError> {
        self.put_item(table, encode(item)?, build)
    }

    /// Adds a put of an item that has attributes beside its struct's, such as index keys.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where the write is incomplete.
    pub fn put_item(
        mut self,
        table: &Table,
        item: Item,
        build: impl FnOnce(PutBuilder) -> PutBuilder,
    ) -> Result<Self, StoreError> {
        let put = build(Put::builder().table_name(table.name()).set_item(Some(item)))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(StoreError::corrupt)?;
        self.items.push(TransactWriteItem::builder().put(put).build());
        Ok(self)
    }

    /// Adds an update. `build` adds expression, condition, names and values.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where the write is incomplete.
    pub fn update(
        mut self,
        table: &Table,
        key: &[(&str, &str)],
        build: impl FnOnce(UpdateBuilder) -> UpdateBuilder,
    ) -> Result<Self, StoreError> {
        let update = build(Update::builder().table_name(table.name()).set_key(Some(key_of(key))))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(StoreError::corrupt)?;
        self.items.push(TransactWriteItem::builder().update(update).build());
        Ok(self)
    }

    /// Adds a delete. `build` adds condition, names and values.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where the write is incomplete.
    pub fn delete(
        mut self,
        table: &Table,
        key: &[(&str, &str)],
        build: impl FnOnce(DeleteBuilder) -> DeleteBuilder,
    ) -> Result<Self, StoreError> {
        let delete = build(Delete::builder().table_name(table.name()).set_key(Some(key_of(key))))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(StoreError::corrupt)?;
        self.items.push(TransactWriteItem::builder().delete(delete).build());
        Ok(self)
    }

    /// Adds a condition on an item that is not written.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where the check is incomplete.
    pub fn check(
        mut self,
        table: &Table,
        key: &[(&str, &str)],
        build: impl FnOnce(ConditionCheckBuilder) -> ConditionCheckBuilder,
    ) -> Result<Self, StoreError> {
        let check = build(ConditionCheck::builder().table_name(table.name()).set_key(Some(key_of(key))))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(StoreError::corrupt)?;
        self.items.push(TransactWriteItem::builder().condition_check(check).build());
        Ok(self)
    }

    /// Writes all of it. The SDK's own retries carry one request token, so a lost answer is safe.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown or the service is busy as a whole.
    pub async fn commit(self, client: &Client) -> Result<TransactionOutcome, StoreError> {
        let result = client
            .transact_write_items()
            .set_transact_items(Some(self.items))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        match result {
            Ok(answer) => {
                let consumed = answer.consumed_capacity();
                Ok(TransactionOutcome::Committed {
                    write_units: consumed.iter().filter_map(|c| c.capacity_units).sum(),
                })
            }
            Err(error) => match error.as_service_error() {
                Some(TransactWriteItemsError::TransactionCanceledException(e)) => {
                    Ok(TransactionOutcome::Refused(e.cancellation_reasons().iter().map(Refusal::from).collect()))
                }
                _ => Err(StoreError::from_sdk(error)),
            },
        }
    }
}

impl From<&CancellationReason> for Refusal {
    fn from(reason: &CancellationReason) -> Self {
        match reason.code() {
            Some("ConditionalCheckFailed") => Self::Condition(reason.item.clone()),
            None | Some("None") => Self::None,
            Some(_) => Self::Contention,
        }
    }
}

impl TransactionOutcome {
    /// True where all writes took effect.
    pub fn is_committed(&self) -> bool {
        matches!(self, Self::Committed { .. })
    }
}
