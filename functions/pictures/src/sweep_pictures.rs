//! `sweep-pictures`: removes pictures that no product shows, and goes on with removals that stopped.

use std::time::{Duration, Instant};

use serde::Serialize;
use souk_runtime::queue::Failure;
use souk_wiring::Call;

use crate::removal::Removal;
pub use crate::removal::Remover as Deps;

/// Some four thousand pictures a run; a picture that is shown is looked at once a month.
const WITHIN: Duration = Duration::from_secs(40);
const AT_ONCE: usize = 100;

/// What a run did.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    removed: usize,
    kept: usize,
    failed: usize,
}

/// Runs it once. One picture's failure does not stop the others.
///
/// # Errors
/// Where the pictures that are due cannot be listed.
pub async fn handle(deps: &Deps, call: Call) -> Result<Report, Failure> {
    let until = Instant::now() + WITHIN;
    let mut report = Report::default();
    loop {
        let due = deps.pictures.due(call.now, AT_ONCE).await?;
        for record in &due {
            match look_at(deps, record, &call).await {
                Ok(true) => report.removed += 1,
                Ok(false) => report.kept += 1,
                Err(error) => {
                    report.failed += 1;
                    tracing::warn!(picture_id = %record.picture_id, error = %error, "a picture could not be looked at");
                }
            }
            if Instant::now() >= until {
                return Ok(report);
            }
        }
        // Those that failed are due still, and come first: the next run tries them again.
        if due.len() < AT_ONCE || report.failed > 0 {
            return Ok(report);
        }
    }
}

/// Whether the picture is gone.
async fn look_at(deps: &Deps, record: &souk_pictures::PictureRecord, call: &Call) -> Result<bool, Failure> {
    let removal = deps.remove(record, call.now).await?;
    match removal {
        Removal::Removed => {}
        Removal::Shown | Removal::Named => {
            deps.pictures.look_later(record, removal == Removal::Shown, call.now).await?;
        }
    }
    Ok(removal == Removal::Removed)
}
