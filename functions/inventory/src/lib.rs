//! Lambda handlers of the inventory context.
#![forbid(unsafe_code)]
