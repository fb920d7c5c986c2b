//! How the host runs.

use std::{thread, time::Duration};

use clap::Parser;

/// How the host runs.
#[derive(Debug, Clone, Parser)]
#[command(about = "Runs functions on this machine")]
pub struct Config {
    /// Port on 127.0.0.1; 0 for any that is free.
    #[arg(long)]
    pub port: u16,
    /// Invocations that run at the same moment; by default a few for each core, since most of them wait for the emulator.
    #[arg(long, default_value_t = default_slots())]
    pub slots: usize,
    /// Instances that are kept while nobody calls them.
    #[arg(long, default_value_t = 160)]
    pub idle: usize,
    /// Seconds after which an idle instance is ended, unless it is the last of its function.
    #[arg(long, default_value_t = 20)]
    pub idle_seconds: u64,
    /// Seconds that an invocation stands in line before it is refused as one too many.
    #[arg(long, default_value_t = 20)]
    pub patience_seconds: u64,
}

impl Config {
    /// How long an invocation stands in line.
    #[must_use]
    pub const fn patience(&self) -> Duration {
        Duration::from_secs(self.patience_seconds)
    }
}

fn default_slots() -> usize {
    6 * thread::available_parallelism().map_or(2, usize::from)
}
