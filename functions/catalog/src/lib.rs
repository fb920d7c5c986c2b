//! Lambda handlers of the catalog context.
#![forbid(unsafe_code)]
