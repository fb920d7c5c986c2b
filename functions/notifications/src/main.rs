//! The program of the notifications context: its functions are listed in `lib.rs`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_notifications::run()
}
