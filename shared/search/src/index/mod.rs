//! OpenSearch: the connection, the index behind its aliases, writing documents.

mod bulk;
mod client;
mod documents;
mod domain;
mod indices;
mod schema;

pub use bulk::RefusedDocument;
pub(crate) use bulk::SameVersion;
pub use client::{IndexError, QUERY_WITHIN, SearchIndex, WITHIN};
pub(crate) use indices::new_name;
pub use schema::{definition, fingerprint};

/// What queries go to: the one index that is complete.
pub(crate) const READ_ALIAS: &str = "products";
/// What documents go to: that index, and while a new one is being filled, the new one too.
pub(crate) const WRITE_ALIAS: &str = "products-writers";
