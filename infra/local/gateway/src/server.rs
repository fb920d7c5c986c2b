//! The process around the gateway: listening, expiry, the state file.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};
use tower::ServiceExt as _;

use crate::api::{self, Api, HangUp};
use crate::config::Config;
use crate::gateway::Gateway;
use crate::webhook::{Dispatcher, Sender};
use crate::{clock, control, persistence};

/// How often holds are looked at and changed books are written.
const HOUSEKEEPING: Duration = Duration::from_secs(1);

/// A running gateway. Dropping it stops it at once; [`Server::stop`] writes the books first.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<io::Result<()>>,
}

impl Server {
    /// Starts a gateway on 127.0.0.1.
    ///
    /// # Errors
    /// When the port is taken or the state file cannot be read.
    pub async fn start(config: Config) -> io::Result<Self> {
        let books = persistence::load(config.state.as_deref(), config.hold_seconds())?;
        let first_retry = config.first_retry();
        let sender = Sender::new(config.webhook_secret, config.webhook_url);
        let gateway = Gateway::new(books, Dispatcher::new(sender, first_retry));
        let api = Api { gateway: Arc::clone(&gateway), key: config.api_key.into() };
        let router = control::router(Arc::clone(&gateway)).merge(Router::new().fallback(api::handle).with_state(api));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, config.port)).await?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(run(listener, router, gateway, config.state, stopped));
        Ok(Self { address, stop: Some(stop), task })
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops it and writes the books.
    ///
    /// # Errors
    /// When the state file cannot be written.
    pub async fn stop(mut self) -> io::Result<()> {
        // Dropping the sender is the signal; a task that is gone already needs none.
        drop(self.stop.take());
        (&mut self.task).await.map_err(io::Error::other)?
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn run(
    listener: TcpListener,
    router: Router,
    gateway: Arc<Gateway>,
    state: Option<PathBuf>,
    mut stopped: oneshot::Receiver<()>,
) -> io::Result<()> {
    let mut connections = JoinSet::new();
    let mut housekeeping = tokio::time::interval(HOUSEKEEPING);
    loop {
        tokio::select! {
            _ = &mut stopped => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => { connections.spawn(serve(stream, router.clone())); }
                // A peer that is gone again, or no descriptors left: neither ends the server.
                Err(error) => tracing::warn!(%error, "a connection was not accepted"),
            },
            Some(_) = connections.join_next() => {}
            _ = housekeeping.tick() => {
                let lapsed = gateway.books().ledger.expire(clock::now());
                gateway.publish(lapsed).await;
                if let Err(error) = save_if_changed(&gateway, state.clone()).await {
                    tracing::error!(%error, "the state file was not written");
                }
            }
        }
    }
    save_if_changed(&gateway, state).await
}

async fn serve(stream: TcpStream, router: Router) {
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let router = router.clone();
        async move {
            let request: Request = request.map(Body::new);
            let response: Response = match router.oneshot(request).await {
                Ok(response) => response,
                Err(impossible) => match impossible {},
            };
            match response.extensions().get::<HangUp>() {
                // An error from the service is the one way to make hyper close without answering.
                Some(HangUp) => Err(io::Error::from(io::ErrorKind::ConnectionAborted)),
                None => Ok(response),
            }
        }
    });
    // Closed connections are everyday here; faults close them on purpose.
    let _closed = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn save_if_changed(gateway: &Gateway, state: Option<PathBuf>) -> io::Result<()> {
    let Some(path) = state else { return Ok(()) };
    if !gateway.take_changed() {
        return Ok(());
    }
    let books = {
        let mut books = gateway.books();
        books.keys.prune(clock::now());
        books.clone()
    };
    let written = tokio::task::spawn_blocking(move || persistence::save(&path, &books)).await;
    let written = written.map_err(io::Error::other).flatten();
    if written.is_err() {
        gateway.set_changed();
    }
    written
}
