//! Prices per SKU.
#![forbid(unsafe_code)]
