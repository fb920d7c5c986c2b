//! The program of the sales context: its functions are listed in `lib.rs`.

fn main() -> Result<(), souk_runtime::Error> {
    souk_fn_flash_sales::run()
}
