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
pub use schema::{definition, fingerprint};

/// What queries go to: the one index that is complete.
const READ_ALIAS: &str = "products";
