use aws_sdk_dynamodb::{
    operation::transact_write_items::TransactWriteItemsError,
    types::{
        self, CancellationReason, ConditionCheck, Delete, Put, ReturnConsumedCapacity, TransactWriteItem,
        builders::TransactWriteItemBuilder,
    },
};
use serde::Serialize;

use crate::{
    Client, Condition, Item, StoreError, Table, Update, encode, expression::Expression, table::key_of, write::OLD_IMAGE,
};

/// Up to 100 writes that take effect together or not at all.
#[derive(Debug, Default)]
#[must_use]
pub struct Transaction {
    /// One that cannot be stored is reported when all are committed.
    writes: Vec<Result<TransactWriteItem, StoreError>>,
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
        self.writes.len()
    }

    /// True where nothing was added yet.
    pub fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }

    /// Adds a put of a whole item over whatever stands there.
    pub fn put<T: Serialize>(self, table: &Table, item: &T) -> Self {
        self.putting(table, item, None)
    }

    /// Adds a put of a whole item under a condition.
    pub fn put_if<T: Serialize>(self, table: &Table, item: &T, condition: Condition) -> Self {
        self.putting(table, item, Some(&condition))
    }

    /// Adds an update of one item.
    pub fn update(self, table: &Table, key: &[(&str, &str)], update: Update) -> Self {
        let Expression { update, condition, names, values } = update.expression();
        let write = types::Update::builder()
            .table_name(table.name())
            .set_key(Some(key_of(key)))
            .set_update_expression(update)
            .set_condition_expression(condition)
            .set_expression_attribute_names(names)
            .set_expression_attribute_values(values)
            .return_values_on_condition_check_failure(OLD_IMAGE)
            .build();
        self.push(write.map_err(StoreError::corrupt).map(|write| TransactWriteItem::builder().update(write)))
    }

    /// Adds a delete of one item, whatever it holds and whether or not it is there.
    pub fn delete(self, table: &Table, key: &[(&str, &str)]) -> Self {
        self.deleting(table, key, None)
    }

    /// Adds a delete of one item under a condition.
    pub fn delete_if(self, table: &Table, key: &[(&str, &str)], condition: Condition) -> Self {
        self.deleting(table, key, Some(&condition))
    }

    /// Adds a condition on an item that is not written.
    pub fn check(self, table: &Table, key: &[(&str, &str)], condition: Condition) -> Self {
        let Expression { condition, names, values, .. } = Expression::of(Some(&condition));
        let check = ConditionCheck::builder()
            .table_name(table.name())
            .set_key(Some(key_of(key)))
            .set_condition_expression(condition)
            .set_expression_attribute_names(names)
            .set_expression_attribute_values(values)
            .return_values_on_condition_check_failure(OLD_IMAGE)
            .build();
        self.push(check.map_err(StoreError::corrupt).map(|check| TransactWriteItem::builder().condition_check(check)))
    }

    fn putting<T: Serialize>(self, table: &Table, item: &T, condition: Option<&Condition>) -> Self {
        let Expression { condition, names, values, .. } = Expression::of(condition);
        let put = Put::builder()
            .table_name(table.name())
            .set_condition_expression(condition)
            .set_expression_attribute_names(names)
            .set_expression_attribute_values(values)
            .return_values_on_condition_check_failure(OLD_IMAGE);
        let put = encode(item).and_then(|item| put.set_item(Some(item)).build().map_err(StoreError::corrupt));
        self.push(put.map(|put| TransactWriteItem::builder().put(put)))
    }

    fn deleting(self, table: &Table, key: &[(&str, &str)], condition: Option<&Condition>) -> Self {
        let Expression { condition, names, values, .. } = Expression::of(condition);
        let delete = Delete::builder()
            .table_name(table.name())
            .set_key(Some(key_of(key)))
            .set_condition_expression(condition)
            .set_expression_attribute_names(names)
            .set_expression_attribute_values(values)
            .return_values_on_condition_check_failure(OLD_IMAGE)
            .build();
        self.push(delete.map_err(StoreError::corrupt).map(|delete| TransactWriteItem::builder().delete(delete)))
    }

    fn push(mut self, write: Result<TransactWriteItemBuilder, StoreError>) -> Self {
        self.writes.push(write.map(TransactWriteItemBuilder::build));
        self
    }

    /// Writes all of it. The SDK's own retries carry one request token, so a lost answer is safe.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown, the service is busy as a whole, or an item cannot be
    /// stored.
    pub async fn commit(self, client: &Client) -> Result<TransactionOutcome, StoreError> {
        let writes = self.writes.into_iter().collect::<Result<_, _>>()?;
        let result = client
            .transact_write_items()
            .set_transact_items(Some(writes))
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
