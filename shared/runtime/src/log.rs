use std::sync::Once;

use tracing_subscriber::EnvFilter;

static INIT: Once = Once::new();

/// True in a function, whose output is collected; false in tests and tools.
pub(crate) fn is_collected() -> bool {
    INIT.is_completed()
}

/// Sets up logging: one JSON object a line with its own timestamp; `LOG_LEVEL` chooses the level
/// (default `info`).
pub fn init() {
    INIT.call_once(|| {
        let level = std::env::var("LOG_LEVEL").unwrap_or_else(|_| "info".to_owned()).to_lowercase();
        let filter = EnvFilter::try_new(&level).unwrap_or_else(|_| EnvFilter::new("info"));
        tracing_subscriber::fmt()
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(false)
            .with_target(false)
            .with_env_filter(filter)
            .with_ansi(false)
            .init();
    });
}
