//! Explores how an order leaves: quickly, or `--exhaustive`, or `--without` one guard or each of them.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    souk_exploration::command::run::<souk_shipping_model::Protocol>("souk-shipping-model")
}
