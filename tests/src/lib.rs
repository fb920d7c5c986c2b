//! Integration tests: architecture, stores, flows and races.
#![forbid(unsafe_code)]
