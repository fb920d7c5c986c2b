//! DynamoDB for the stack on a developer's machine: [dynoxide](https://docs.rs/dynoxide-rs) in a process of
//! its own, in memory. Functions speak to it directly; the emulator forwards what reaches it, and is given
//! the changes for its event sources.
//!
//! dynoxide's own streams look through all records at every write, so they stay off: [`writes`] notes the
//! items around a write, one write at a time, and [`changes`] hands them out.
#![forbid(unsafe_code)]

pub mod changes;
pub mod expiry;
pub mod front;
pub mod schema;
pub mod writes;

use std::{net::Ipv4Addr, sync::Arc, time::Duration};

use anyhow::Context as _;
use axum::{Router, extract::DefaultBodyLimit, routing::get, serve::ListenerExt as _};
use dynoxide::Database;
use front::Front;
use tokio::net::TcpListener;

/// Serves empty tables on 127.0.0.1, and looks for expired items every `expiry`.
///
/// # Errors
/// Where the port is taken or the database cannot start.
pub async fn serve(port: u16, expiry: Duration, ready: impl FnOnce(u16)) -> anyhow::Result<()> {
    let listen = async |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
    let listener = listen(port).await.with_context(|| format!("port {port}"))?;
    let inner = listen(0).await?;
    let database = Database::memory().context("the database")?;
    let front = Arc::new(Front::new(database.clone(), inner.local_addr()?));
    tokio::spawn(dynoxide::server::serve_on(inner, database));
    tokio::spawn(expiry::delete_for_ever(Arc::clone(&front), expiry));
    let changes = Arc::clone(&front);
    let app = Router::new()
        .route("/health", get(async || "ok"))
        .route("/changes", get(async move || changes.changes.follow()))
        .fallback(move |request| front::answer(Arc::clone(&front), request))
        .layer(DefaultBodyLimit::disable());
    ready(listener.local_addr()?.port());
    // Heads and bodies are written apart: without this each answer would wait for the kernel.
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    Ok(axum::serve(listener, app).await?)
}
