use aws_sdk_dynamodb::{
    error::SdkError,
    operation::{delete_item::DeleteItemError, put_item::PutItemError, update_item::UpdateItemError},
};

use crate::{Item, StoreError};

/// How a conditional write ended.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub enum Outcome<T = ()> {
    /// The condition held and the write took effect.
    Written(T),
    /// The condition did not hold; nothing was written. The item as it stood, where there was one.
    Refused(Option<Item>),
}

impl<T> Outcome<T> {
    /// True where the write took effect.
    pub fn is_written(&self) -> bool {
        matches!(self, Self::Written(_))
    }

    /// The same outcome with another payload.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Outcome<U> {
        match self {
            Self::Written(value) => Outcome::Written(f(value)),
            Self::Refused(item) => Outcome::Refused(item),
        }
    }
}

/// An SDK error that may say "your condition did not hold".
pub(crate) trait ConditionFailure {
    /// `Some(old image)` where the condition was refused.
    fn refused(&self) -> Option<Option<Item>>;
}

macro_rules! condition_failure {
    ($($error:ident),+) => {$(
        impl ConditionFailure for $error {
            fn refused(&self) -> Option<Option<Item>> {
                match self {
                    Self::ConditionalCheckFailedException(e) => Some(e.item.clone()),
                    _ => None,
                }
            }
        }
    )+};
}
condition_failure!(PutItemError, UpdateItemError, DeleteItemError);

/// Sorts the result of one conditional write into outcome and error.
///
/// # Errors
/// [`StoreError`] where the call failed for any reason but its condition.
pub(crate) fn outcome<T, E, R>(result: Result<T, SdkError<E, R>>) -> Result<Outcome<T>, StoreError>
where
    E: ConditionFailure + aws_sdk_dynamodb::error::ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug,
{
    match result {
        Ok(value) => Ok(Outcome::Written(value)),
        Err(error) => match error.as_service_error().and_then(ConditionFailure::refused) {
            Some(item) => Ok(Outcome::Refused(item)),
            None => Err(StoreError::from_sdk(error)),
        },
    }
}
