//! Lambda handlers of the orders context.
#![forbid(unsafe_code)]
