//! The one bootstrap for every Lambda of Souk.
//!
//! A function is a handler `async fn(&Deps, Request, Call) -> Result<…>` whose `Deps` are built from the
//! environment. All functions of a context are one program, and [`functions!`] lists them: Lambda says in
//! `_HANDLER` which of them an instance is. `http`, `queue`, `stream`, `task` and `schedule` each have a
//! `serve` of the same shape. Logging, error mapping, partial batch failures and the request line are
//! written here once.
#![forbid(unsafe_code)]

pub mod bus;
pub mod default_route;
mod functions;
pub mod http;
mod invocation;
mod log;
pub mod queue;
pub mod reading;
pub mod schedule;
pub mod stream;
pub mod task;

pub use functions::unknown;
pub use log::init as init_logging;
use souk_wiring::{Environment, FromEnvironment};

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
