//! Stock rows and reservations.
#![forbid(unsafe_code)]
