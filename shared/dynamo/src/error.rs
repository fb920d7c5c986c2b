use aws_sdk_dynamodb::error::{DisplayErrorContext, SdkError};

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
    pub fn corrupt(reason: impl std::fmt::Display) -> Self {
        Self::Corrupt(reason.to_string())
    }

    /// A failed SDK call. Throttling keeps its own name: callers may wait and repeat it at once.
    pub fn from_sdk<E, R>(error: SdkError<E, R>) -> Self
    where
        E: aws_sdk_dynamodb::error::ProvideErrorMetadata + std::error::Error + 'static,
        R: std::fmt::Debug,
    {
        let code = error.as_service_error().and_then(|e| e.code().map(str::to_owned));
        let text = DisplayErrorContext(&error).to_string();
        match code.as_deref() {
            Some("ThrottlingException" | "ProvisionedThroughputExceededException" | "RequestLimitExceeded")
            | Some("TransactionConflictException" | "TransactionInProgressException") => Self::Busy(text),
            Some("ValidationException") => Self::Corrupt(text),
            _ => Self::Unavailable(text),
        }
    }
}
