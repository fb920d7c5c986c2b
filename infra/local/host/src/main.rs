//! The host as a process: `souk-host --port 4590`, on 127.0.0.1 only.
#![forbid(unsafe_code)]

use clap::Parser as _;
use souk_host::{config::Config, serve};
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    };
    serve(Config::parse(), |port| println!("http://127.0.0.1:{port}"), stop).await
}
