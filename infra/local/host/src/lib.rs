//! Hosts functions on a developer's machine, as AWS Lambda's workers do: instances of their
//! bootstrap programs, which ask for work through the
//! [Runtime API](https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html).
//!
//! The emulator says what a function is and asks for an invocation ([`emulator_api`]); the host finds or
//! starts an instance ([`host`], [`instance`]), which speaks to [`runtime_api`]. A machine runs a bounded
//! number of invocations at once; the others stand in [`mod@line`], where functions take turns.
#![forbid(unsafe_code)]

pub mod config;
pub mod emulator_api;
pub mod host;
pub mod idle;
pub mod instance;
pub mod line;
pub mod output;
pub mod runtime_api;

use std::{net::Ipv4Addr, sync::Arc};

use anyhow::Context as _;
use axum::{Router, extract::DefaultBodyLimit, serve::ListenerExt as _};
use config::Config;
use host::Host;
use tokio::net::TcpListener;

/// Listens on 127.0.0.1 and serves until the process is told to end; ends every instance then.
///
/// # Errors
/// Where the port is taken.
pub async fn serve(
    config: Config,
    ready: impl FnOnce(u16),
    stop: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, config.port))
        .await
        .with_context(|| format!("port {}: stop what listens there or choose another --port", config.port))?;
    let port = listener.local_addr()?.port();
    let host = Arc::new(Host::new(&config, port));
    tokio::spawn(Arc::clone(&host).end_idle_instances());
    let app = Router::new()
        .merge(emulator_api::routes(Arc::clone(&host)))
        .merge(runtime_api::routes(host.links()))
        .layer(DefaultBodyLimit::disable());
    ready(port);
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    // Instances hang in their long polls: nobody waits for those.
    tokio::select! {
        served = axum::serve(listener, app) => served?,
        () = stop => {}
    }
    Ok(())
}
