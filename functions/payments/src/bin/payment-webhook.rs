//! See `souk_fn_payments::webhook`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_payments::webhook::serve()
}
