//! Lambda handlers of the pricing context.
#![forbid(unsafe_code)]
