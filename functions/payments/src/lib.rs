//! Lambda handlers of the payments context.
#![forbid(unsafe_code)]
