//! The edge process: `souk-edge --port 8080 --config edge.json`, on 127.0.0.1 only.
#![forbid(unsafe_code)]

use std::{net::Ipv4Addr, sync::Arc};

use anyhow::{Context, bail};
use souk_edge::{config::Config, edge::Edge};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (port, file) = arguments(std::env::args().skip(1))?;
    let text = std::fs::read_to_string(&file).with_context(|| format!("cannot read {file}"))?;
    let config: Config = serde_json::from_str(&text).with_context(|| format!("{file} is not an edge configuration"))?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.with_context(|| format!("port {port}"))?;
    Arc::new(Edge::new(config)).serve(listener).await
}

/// The port and the configuration file.
fn arguments(mut args: impl Iterator<Item = String>) -> anyhow::Result<(u16, String)> {
    let (mut port, mut file) = (None, None);
    while let Some(name) = args.next() {
        let value = args.next().with_context(|| format!("{name} needs a value"))?;
        match name.as_str() {
            "--port" => port = Some(value.parse().with_context(|| format!("{value} is not a port"))?),
            "--config" => file = Some(value),
            _ => bail!("unknown argument {name}"),
        }
    }
    port.zip(file).context("usage: souk-edge --port PORT --config FILE")
}
