//! What the API says about itself: its description, and what no other route takes.
#![forbid(unsafe_code)]

pub mod describe_api;
mod document;
pub mod fallback;

souk_runtime::functions! {
    http "describe-api" => describe_api::handle,
    default_route "fallback" => fallback::handle,
}
