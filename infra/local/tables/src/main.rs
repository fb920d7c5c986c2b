//! The tables as a process: `souk-tables --port 4591`, on 127.0.0.1 only.
#![forbid(unsafe_code)]

use std::time::Duration;

use clap::Parser;

#[derive(Debug, Parser)]
#[command(about = "Plays DynamoDB, in memory")]
struct Arguments {
    /// Port on 127.0.0.1.
    #[arg(long)]
    port: u16,
    /// Seconds between looks for items whose time to live is over. AWS takes days; nothing may rely on it.
    #[arg(long, default_value_t = 10)]
    expiry_seconds: u64,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let expiry = Duration::from_secs(arguments.expiry_seconds);
    souk_tables::serve(arguments.port, expiry, |port| println!("http://127.0.0.1:{port}")).await
}
