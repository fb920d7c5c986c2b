use aws_sdk_dynamodb::{
    operation::update_item::builders::UpdateItemFluentBuilder,
    types::{ReturnConsumedCapacity, ReturnValue, ReturnValuesOnConditionCheckFailure},
};
use serde::Serialize;

use crate::{
    Condition, Item, Outcome, StoreError, Table, Update, encode, expression::Expression, outcome::outcome,
    table::key_of,
};

/// What a refused write brings: the item that did not fit its condition.
pub(crate) const OLD_IMAGE: ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure::AllOld;

/// What an update came to, and what it cost.
#[derive(Debug, Clone, PartialEq)]
pub struct Metered {
    /// The new image.
    pub item: Item,
    /// Write capacity units, as DynamoDB counted them.
    pub write_units: f64,
}

impl Table {
    /// Puts a whole item over whatever stands there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn put<T: Serialize>(&self, item: &T) -> Result<(), StoreError> {
        let put = self.client().put_item().table_name(self.name()).set_item(Some(encode(item)?));
        put.send().await.map(drop).map_err(StoreError::from_sdk)
    }

    /// Puts a whole item under a condition; a refusal brings the item that stood there.
    ///
    /// # Errors
    /// [`StoreError`] for anything but the condition.
    pub async fn put_if<T: Serialize>(&self, item: &T, condition: Condition) -> Result<Outcome, StoreError> {
        let Expression { condition, names, values, .. } = Expression::of(Some(&condition));
        let put = self.client().put_item().table_name(self.name()).set_item(Some(encode(item)?));
        let put = put.set_condition_expression(condition).set_expression_attribute_names(names);
        let put = put.set_expression_attribute_values(values).return_values_on_condition_check_failure(OLD_IMAGE);
        Ok(outcome(put.send().await)?.map(drop))
    }

    /// Updates one item. Written, it brings the new image; refused, the old one.
    ///
    /// # Errors
    /// [`StoreError`] for anything but the condition.
    pub async fn update(&self, key: &[(&str, &str)], update: Update) -> Result<Outcome<Item>, StoreError> {
        let answer = outcome(self.updating(key, update).send().await)?;
        Ok(answer.map(|written| written.attributes.unwrap_or_default()))
    }

    /// Updates one item as [`Table::update`] does, and asks for the price, too.
    ///
    /// # Errors
    /// [`StoreError`] for anything but the condition.
    pub async fn update_metered(&self, key: &[(&str, &str)], update: Update) -> Result<Outcome<Metered>, StoreError> {
        let call = self.updating(key, update).return_consumed_capacity(ReturnConsumedCapacity::Total);
        Ok(outcome(call.send().await)?.map(|written| Metered {
            write_units: written.consumed_capacity().and_then(|capacity| capacity.capacity_units).unwrap_or(1.0),
            item: written.attributes.unwrap_or_default(),
        }))
    }

    /// Deletes one item, whatever it holds and whether or not it is there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn delete(&self, key: &[(&str, &str)]) -> Result<(), StoreError> {
        let delete = self.client().delete_item().table_name(self.name()).set_key(Some(key_of(key)));
        delete.send().await.map(drop).map_err(StoreError::from_sdk)
    }

    /// Deletes one item under a condition; a refusal brings the item.
    ///
    /// # Errors
    /// [`StoreError`] for anything but the condition.
    pub async fn delete_if(&self, key: &[(&str, &str)], condition: Condition) -> Result<Outcome, StoreError> {
        let Expression { condition, names, values, .. } = Expression::of(Some(&condition));
        let delete = self.client().delete_item().table_name(self.name()).set_key(Some(key_of(key)));
        let delete = delete.set_condition_expression(condition).set_expression_attribute_names(names);
        let delete = delete.set_expression_attribute_values(values).return_values_on_condition_check_failure(OLD_IMAGE);
        Ok(outcome(delete.send().await)?.map(drop))
    }

    fn updating(&self, key: &[(&str, &str)], update: Update) -> UpdateItemFluentBuilder {
        let Expression { update, condition, names, values } = update.expression();
        self.client()
            .update_item()
            .table_name(self.name())
            .set_key(Some(key_of(key)))
            .set_update_expression(update)
            .set_condition_expression(condition)
            .set_expression_attribute_names(names)
            .set_expression_attribute_values(values)
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(OLD_IMAGE)
    }
}
