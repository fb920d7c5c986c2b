//! See `souk_fn_orders::background::audit`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_orders::background::audit::serve()
}
