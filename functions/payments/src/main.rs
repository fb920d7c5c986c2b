//! The program of the payments context: see `souk_runtime::functions`.

use souk_fn_payments::webhook;

souk_runtime::functions! {
    http "payment-webhook" => webhook::handle,
}
