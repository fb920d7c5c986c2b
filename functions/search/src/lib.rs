//! Lambda handlers of the search context.
#![forbid(unsafe_code)]
