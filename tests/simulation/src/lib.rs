//! Deterministic simulation of the order core under faults.
#![forbid(unsafe_code)]
