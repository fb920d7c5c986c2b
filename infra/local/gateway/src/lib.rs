//! A stateful stand-in for the payment gateway, speaking Stripe's API.
#![forbid(unsafe_code)]
