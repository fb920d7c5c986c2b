//! See `souk_fn_orders::background::reconcile_payments`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_orders::background::reconcile_payments::serve()
}
