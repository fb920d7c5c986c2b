//! Lambda handlers of the user pool.
#![forbid(unsafe_code)]

pub mod staff_groups;
