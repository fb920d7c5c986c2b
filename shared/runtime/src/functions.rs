use crate::Error;

/// The functions of a context's program, each by its kind, its name in the template (`Handler`), and its
/// handler. Makes `run`, which the program's `main` calls, and `Description`, which gathers what stands beside the
/// HTTP handlers.
///
/// ```ignore
/// souk_runtime::functions! {
///     http "get-cart" => get_cart::handle,
///     stream "ledger-writer" => ledger_writer::handle,
/// }
/// ```
#[macro_export]
macro_rules! functions {
    ($($kind:ident $name:literal => $($path:ident)::+,)+) => {
        /// Runs the function that `_HANDLER` names, until its instance ends.
        ///
        /// # Errors
        /// Where there is no such function, or it cannot start.
        pub fn run() -> Result<(), $crate::Error> {
            match std::env::var("_HANDLER").unwrap_or_default().as_str() {
                $($name => $crate::$kind::serve($($path)::+),)+
                other => Err($crate::unknown(other)),
            }
        }

        $crate::described! { [] $($kind $($path)::+,)+ }
    };
}

/// Keeps the HTTP handlers of a list, and describes them where there are any.
#[doc(hidden)]
#[macro_export]
macro_rules! described {
    ([$($found:tt)*] http $($path:ident)::+, $($rest:tt)*) => {
        $crate::described! { [$($found)* ($($path)::+)] $($rest)* }
    };
    ([$($found:tt)*] $kind:ident $($path:ident)::+, $($rest:tt)*) => {
        $crate::described! { [$($found)*] $($rest)* }
    };
    ([]) => {};
    ([$(($($path:tt)+))+]) => {
        /// What the HTTP functions take and answer.
        #[derive(Debug, utoipa::OpenApi)]
        #[openapi(paths($($($path)+),+))]
        pub struct Description;
    };
}

/// No function of the program has this name.
pub fn unknown(name: &str) -> Error {
    format!("this program has no function {name:?}: Lambda names one in _HANDLER").into()
}
