//! DynamoDB as Souk uses it, without any domain: a table handle, writes and their conditions as values,
//! outcomes of conditional writes, transactions whose refusals are read by position, and cursors for paging.
//!
//! The rule of this crate: a condition that does not hold is an *outcome* ([`Outcome::Refused`]),
//! never an error. An error ([`StoreError`]) means that nobody knows what happened, or that what is
//! stored cannot be read.
#![forbid(unsafe_code)]

mod attribute;
mod backoff;
mod batch;
mod condition;
mod cursor;
mod due;
mod error;
mod expression;
mod outcome;
mod table;
mod transaction;
mod update;
mod write;

pub use attribute::{Attribute, attribute};
pub use aws_sdk_dynamodb::{Client, types::AttributeValue};
pub use backoff::Backoff;
pub use condition::{Comparison, Condition};
pub use cursor::{Cursor, CursorError};
pub use due::TimeIndex;
pub use error::{StoreError, fault, sdk_failure};
pub use outcome::Outcome;
pub use table::{Page, Segment, Table};
pub use transaction::{Refusal, Transaction, TransactionOutcome};
pub use update::Update;
pub use write::Metered;

/// An item as DynamoDB holds it.
pub type Item = std::collections::HashMap<String, AttributeValue>;

/// A string attribute.
pub fn s(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

/// A whole-number attribute.
pub fn n(value: impl std::fmt::Display) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// Any serialisable value as an attribute: maps, lists and structs included.
///
/// # Errors
/// [`StoreError::Corrupt`] where the value has no DynamoDB form (a map with keys that are not strings).
pub fn value<T: serde::Serialize>(value: &T) -> Result<AttributeValue, StoreError> {
    serde_dynamo::to_attribute_value(value).map_err(|error| StoreError::corrupt(fault(&error)))
}

/// A serialisable struct as an item.
///
/// # Errors
/// [`StoreError::Corrupt`] where the value is not a map.
pub fn encode<T: serde::Serialize>(value: &T) -> Result<Item, StoreError> {
    serde_dynamo::to_item(value).map_err(|error| StoreError::corrupt(fault(&error)))
}

/// An item as the struct that it was made from.
///
/// # Errors
/// [`StoreError::Corrupt`] where an attribute is missing or of another type.
pub fn decode<T: serde::de::DeserializeOwned>(item: Item) -> Result<T, StoreError> {
    serde_dynamo::from_item(item).map_err(|error| StoreError::corrupt(fault(&error)))
}
