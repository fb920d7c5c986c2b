//! See `souk_fn_identity::staff_groups`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_identity::staff_groups::serve()
}
