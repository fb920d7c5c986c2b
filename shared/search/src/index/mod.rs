//! OpenSearch: the connection, the index behind its aliases, writing documents.

mod bulk;
mod client;
mod manage;
mod schema;

pub use bulk::BulkFailure;
pub use client::{IndexError, QUERY_WITHIN, SearchIndex, WITHIN};
pub use manage::{Ensured, Reindex, ReindexError};

/// What queries go to: the one index that is complete.
pub(crate) const READ_ALIAS: &str = "products";
/// What documents go to: that index, and while a new one is being filled, the new one too.
pub(crate) const WRITE_ALIAS: &str = "products-writers";
