//! Lambda handlers of the payments context. The saga's payment steps are with the saga, in
//! `souk-fn-orders`.
#![forbid(unsafe_code)]

pub mod payment_webhook;

souk_runtime::functions! {
    http "payment-webhook" => payment_webhook::handle,
}
