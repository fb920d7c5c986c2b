//! Putting what is one item, refers to nothing, and is never deleted.

use serde::Serialize;
use souk_dynamo::StoreError;

use crate::{
    Catalog, PreconditionFailure, Put,
    precondition::{Plan, Versioned, plan},
    store::{ATTEMPTS, pause, unchanged_since},
};

impl Catalog {
    /// Creates or changes it, by the version that the caller has seen. `read` finds it as it is, and `made` says what it
    /// is and what is stored of it at a version.
    pub(crate) async fn put_alone<T, R, E, Reading>(
        &self,
        what: &'static str,
        (details, if_match): (&T::Details, Option<u64>),
        read: impl Fn() -> Reading,
        made: impl Fn(u64) -> (T, R),
    ) -> Result<Put<T>, E>
    where
        T: Versioned,
        R: Serialize,
        Reading: Future<Output = Result<Option<T>, StoreError>>,
        E: From<PreconditionFailure> + From<StoreError>,
    {
        for attempt in 0..ATTEMPTS {
            let (seen, version) = match plan(read().await?, details, if_match)? {
                Plan::Keep(there) => return Ok(Put::Unchanged(there)),
                Plan::Write { seen, version } => (seen, version),
            };
            let (it, record) = made(version);
            if self.table.put_if(&record, unchanged_since(seen)).await?.is_written() {
                return Ok(Put::written(seen.is_none(), it));
            }
            pause(attempt).await;
        }
        Err(StoreError::Busy(format!("the {what} is being changed by others")).into())
    }
}
