//! Explores the second edition of the order protocol: quickly, or `--exhaustive`, or `--without` one guard or each of them.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    souk_exploration::command::run::<souk_checkout_model::Protocol>("souk-checkout-model")
}
