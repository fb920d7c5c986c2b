use std::sync::Once;

use souk_wiring::metrics;
use tracing::Level;
use tracing_subscriber::{
    filter::Targets,
    layer::{Layer as _, SubscriberExt as _},
    util::SubscriberInitExt as _,
};

/// How the names of our own crates begin.
const OURS: &str = "souk";

static INIT: Once = Once::new();

/// Sets up logging: one JSON object a line with its own timestamp; `LOG_LEVEL` chooses the level of our
/// own lines (default `info`).
///
/// Libraries are heard from `warn` on: below that they tell what they send and receive. And a panic is
/// told by its place, since its message may quote what was being worked on.
pub fn init() {
    INIT.call_once(|| {
        metrics::collect();
        let level = std::env::var("LOG_LEVEL").ok().and_then(|level| level.parse::<Level>().ok());
        let level = level.unwrap_or(Level::INFO);
        let filter = Targets::new().with_default(level.min(Level::WARN)).with_target(OURS, level);
        let lines = tracing_subscriber::fmt::layer()
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(false)
            .with_target(false)
            .with_ansi(false);
        tracing_subscriber::registry().with(lines.with_filter(filter)).init();
        std::panic::set_hook(Box::new(|panic| {
            let place = panic.location().map(ToString::to_string).unwrap_or_default();
            tracing::error!(place, "a panic");
        }));
    });
}
