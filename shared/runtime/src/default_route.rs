//! The `$default` route: an HTTP function that answers what no described route takes.

pub use crate::http::serve;
