//! See `souk_fn_sales::background::order_intents`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_sales::background::order_intents::serve()
}
