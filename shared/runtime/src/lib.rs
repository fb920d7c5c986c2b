//! The one bootstrap for every Lambda of Souk.
//!
//! A function is a `Deps` struct that knows how to build itself from the [`Environment`], and a
//! handler `async fn(&'static Deps, Request) -> Result<…>`; beside it stands
//! `pub fn serve() { souk_runtime::http::serve(handle) }`, which the function's binary calls and which
//! is in the library so that fifty binaries are linked, not compiled. `queue`, `stream`, `task` and
//! `schedule` have a `serve` of the same shape. Logging, error mapping, partial batch failures and the
//! request line are written here once.
#![forbid(unsafe_code)]

pub mod bus;
mod clock;
mod environment;
pub mod fetch;
pub mod http;
mod invocation;
mod log;
pub mod metrics;
pub mod queue;
pub mod reading;
pub mod schedule;
pub mod stream;
pub mod task;
mod timeouts;

pub use clock::now;
pub use environment::{ConfigError, Environment, FromEnvironment};
pub use log::init as init_logging;
pub use timeouts::{OPERATION, timeouts};

/// Whatever ends a function's process.
pub type Error = lambda_runtime::Error;

/// A future on the heap: handlers are boxed so that the Lambda runtime is compiled once, in this
/// crate, and not again in each binary.
pub(crate) type BoxFuture<T> = std::pin::Pin<Box<dyn Future<Output = T> + Send>>;

/// Builds the runtime and the dependencies of a function, then runs its loop.
pub(crate) fn start<D, Run, Fut>(run: Run) -> Result<(), Error>
where
    D: FromEnvironment,
    Run: FnOnce(&'static D) -> Fut,
    Fut: Future<Output = Result<(), Error>>,
{
    log::init();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let environment = Environment::load().await;
        let deps = match D::from_environment(&environment).await {
            Ok(deps) => deps,
            Err(error) => {
                tracing::error!(error = %error, "the function cannot start");
                return Err(error.into());
            }
        };
        // A function lives as long as its process.
        run(Box::leak(Box::new(deps))).await
    })
}
