//! Product pages, search documents and queries.
#![forbid(unsafe_code)]
