//! The program of the identity context: its functions are listed in `lib.rs`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_identity::run()
}
