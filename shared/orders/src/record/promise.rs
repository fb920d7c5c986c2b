//! What an order's shopper was promised, as its record holds it.

use jiff::{Timestamp, fmt::serde::timestamp::millisecond};
use serde::{Deserialize, Serialize};
use souk_domain::order::Promise;

#[derive(Debug, Serialize, Deserialize)]
pub struct StoredPromise {
    #[serde(with = "millisecond::required")]
    leave_by: Timestamp,
    #[serde(with = "millisecond::required")]
    arrive_by: Timestamp,
}

impl From<Promise> for StoredPromise {
    fn from(Promise { leave_by, arrive_by }: Promise) -> Self {
        Self { leave_by, arrive_by }
    }
}

impl From<StoredPromise> for Promise {
    fn from(StoredPromise { leave_by, arrive_by }: StoredPromise) -> Self {
        Self { leave_by, arrive_by }
    }
}
