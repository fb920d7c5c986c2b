use crate::Error;

/// The program of a context: its functions, each by its kind, its name in the template (`Handler`), and
/// its handler.
///
/// ```ignore
/// souk_runtime::functions! {
///     http "get-cart" => souk_fn_cart::get_cart::handle,
///     stream "ledger-writer" => souk_fn_inventory::ledger_writer::handle,
/// }
/// ```
#[macro_export]
macro_rules! functions {
    ($($kind:ident $name:literal => $handle:path,)+) => {
        fn main() -> Result<(), $crate::Error> {
            match std::env::var("_HANDLER").unwrap_or_default().as_str() {
                $($name => $crate::$kind::serve($handle),)+
                other => Err($crate::unknown(other)),
            }
        }
    };
}

/// No function of the program has this name.
pub fn unknown(name: &str) -> Error {
    format!("this program has no function {name:?}: Lambda names one in _HANDLER").into()
}
