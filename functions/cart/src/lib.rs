//! Lambda handlers of the cart context.
#![forbid(unsafe_code)]
