//! The program of the pictures context: its functions are listed in `lib.rs`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_pictures::run()
}
