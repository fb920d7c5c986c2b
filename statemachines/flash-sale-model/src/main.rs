//! Explores the flash sale's protocol: quickly, or `--exhaustive`, or `--without` one guard or each of them.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    souk_exploration::command::run::<souk_flash_sale_model::Protocol>("souk-flash-sale-model")
}
