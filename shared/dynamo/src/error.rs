use std::{fmt, io};

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

/// What can go wrong with a store apart from a refused condition.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The call failed and its effect is unknown: it may have been applied. Repeat it (every write
    /// of Souk is conditional, so repeating is safe) or read what is there.
    #[error("the store did not answer: {0}")]
    Unavailable(String),
    /// DynamoDB asked for less: throttling, or another transaction held the item. Nothing was written.
    #[error("the store is busy: {0}")]
    Busy(String),
    /// What is stored does not have the expected shape, or what is to be stored has none that DynamoDB
    /// takes (an item may be too large). Repeating changes nothing.
    #[error("an item cannot be read or written: {0}")]
    Corrupt(String),
}

impl StoreError {
    /// An item that cannot be read or written, with the reason.
    pub fn corrupt(reason: impl fmt::Display) -> Self {
        Self::Corrupt(reason.to_string())
    }

    /// A failed SDK call. Throttling keeps its own name: callers may wait and repeat it at once.
    pub fn from_sdk<E, R>(error: SdkError<E, R>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
        R: fmt::Debug,
    {
        let text = sdk_failure(&error);
        match error.as_service_error().and_then(ProvideErrorMetadata::code) {
            Some("ThrottlingException" | "ProvisionedThroughputExceededException" | "RequestLimitExceeded")
            | Some("TransactionConflictException" | "TransactionInProgressException") => Self::Busy(text),
            Some("ValidationException") => Self::Corrupt(text),
            _ => Self::Unavailable(text),
        }
    }
}

/// Codes whose messages speak of the deployment alone: of roles, names and rates.
const OF_THE_DEPLOYMENT: [&str; 5] = [
    "AccessDeniedException",
    "AccessDenied",
    "ResourceNotFoundException",
    "QueueDoesNotExist",
    "StateMachineDoesNotExist",
];

/// A failed call of any AWS SDK in words for a log. The SDK's own text quotes the answer, in which AWS
/// quotes items and values; this says what happened, and names the request.
pub fn sdk_failure<E, R>(error: &SdkError<E, R>) -> String
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    match error {
        SdkError::TimeoutError(_) => "no answer in time".to_owned(),
        SdkError::ConstructionFailure(_) => "the request could not be formed".to_owned(),
        SdkError::ResponseError(_) => "the answer could not be read".to_owned(),
        SdkError::DispatchFailure(failure) => {
            let connection = failure.as_connector_error();
            let cause = connection.and_then(|error| io_failure(error)).map(|kind| kind.to_string());
            let timed_out =
                || connection.is_some_and(|error| error.is_timeout()).then(|| "no answer in time".to_owned());
            format!("no connection: {}", cause.or_else(timed_out).unwrap_or_else(|| "it failed".to_owned()))
        }
        SdkError::ServiceError(refused) => {
            let meta = refused.err().meta();
            let code = meta.code().unwrap_or("an unnamed error");
            let message = meta.message().filter(|_| OF_THE_DEPLOYMENT.contains(&code));
            let request = meta.extra("aws_request_id").map(|id| format!(" (request {id})")).unwrap_or_default();
            format!("{code}{}{}{request}", if message.is_some() { ": " } else { "" }, message.unwrap_or_default())
        }
        _ => "it failed".to_owned(),
    }
}

/// The operating system's reason, however deep it lies.
fn io_failure(error: &(dyn std::error::Error + 'static)) -> Option<io::ErrorKind> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return Some(error.kind());
        }
        cause = error.source();
    }
    None
}

/// The beginnings of the messages of serde and of serde_dynamo.
const FAULTS: [&str; 20] = [
    "invalid type",
    "invalid value",
    "invalid length",
    "unknown field",
    "unknown variant",
    "missing field",
    "duplicate field",
    "trailing characters",
    "EOF while parsing",
    "Expected string",
    "Expected map",
    "Expected seq",
    "Expected num",
    "Expected bool",
    "Expected char",
    "Expected unit",
    "Expected enum",
    "Expected binary data",
    "Expected an item with a single key",
    "Failed to parse",
];

/// What is wrong with something that serde could not read, in words for a log: serde's own go on to
/// quote what was there.
pub fn fault(error: &impl fmt::Display) -> &'static str {
    let message = error.to_string();
    FAULTS.into_iter().find(|fault| message.starts_with(fault)).unwrap_or("unreadable")
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::{
        operation::put_item::PutItemError,
        types::{AttributeValue, error::ConditionalCheckFailedException},
    };
    use serde::Deserialize;

    use super::*;

    fn refused(error: PutItemError) -> SdkError<PutItemError, &'static str> {
        SdkError::service_error(error, "raw canary")
    }

    fn generic(code: &str, message: &str) -> PutItemError {
        PutItemError::generic(aws_sdk_dynamodb::error::ErrorMetadata::builder().code(code).message(message).build())
    }

    #[test]
    fn a_failed_call_is_named_and_nothing_of_it_quoted() {
        let item = [("address".to_owned(), AttributeValue::S("canary".to_owned()))].into();
        let condition = ConditionalCheckFailedException::builder().message("canary").set_item(Some(item)).build();
        let text = sdk_failure(&refused(PutItemError::ConditionalCheckFailedException(condition)));
        assert!(!text.contains("canary"), "{text}");
        let text = sdk_failure(&refused(generic("ValidationException", "Type mismatch: canary")));
        assert_eq!(text, "ValidationException");
        let text = sdk_failure(&refused(generic("AccessDeniedException", "role r may not PutItem")));
        assert_eq!(text, "AccessDeniedException: role r may not PutItem");
    }

    #[test]
    fn an_item_of_another_shape_is_not_quoted() {
        #[derive(Debug, Deserialize)]
        #[expect(dead_code, reason = "only reading is tested")]
        struct Row {
            quantity: u32,
        }
        let item = [("quantity".to_owned(), AttributeValue::S("canary".to_owned()))].into();
        let corrupt = crate::decode::<Row>(item).unwrap_err();
        assert_eq!(corrupt.to_string(), "an item cannot be read or written: Expected num");
        assert!(!format!("{corrupt:?}").contains("canary"));
    }
}
