//! Souk's integration tests are the one binary of this package: `cargo test -p souk-tests`.
#![forbid(unsafe_code)]
