//! Checkouts, orders and their archive.
#![forbid(unsafe_code)]
