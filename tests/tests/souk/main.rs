//! All integration tests, in one binary.
//!
//! - `api`: the description of the API and the pages made from it
//! - `architecture`: what the code and the templates promise each other
//! - `store`: tables and protocols on real DynamoDB semantics, in process
//! - `flows`, `traceless`, `races`, `faults`, `load`, `keeping`, `browsing`: the deployed stack through HTTP; they need `SOUK_OUTPUTS`, the file that
//!   `make outputs` prints, and say so where it is missing
#![forbid(unsafe_code)]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on panics")]

mod api;
mod architecture;
mod browsing;
mod faults;
mod flows;
mod keeping;
mod load;
mod races;
mod store;
mod support;
mod traceless;
