//! Payment records and the gateway that holds the money.
#![forbid(unsafe_code)]
