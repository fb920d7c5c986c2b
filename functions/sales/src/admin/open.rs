//! `POST /admin/sales/{sale_id}/open`: now, instead of at `opens_at`.

use jiff::Timestamp;
use souk_runtime::http::{HttpResult, Request};
use souk_sales::TransitionOutcome;

pub use super::Conducting as Deps;
use super::{sale_of, transitioned};

/// Runs the function until its instance ends.
///
/// # Errors
/// Where it cannot start, or the runtime API fails.
pub fn serve() -> Result<(), souk_runtime::Error> {
    souk_runtime::http::serve(handle)
}

/// Puts the opening at this moment and calls the conductor, who opens the sale as soon as the public
/// beacon of the moment is out: within some seconds. Repeating it changes nothing.
///
/// # Errors
/// 403 for anybody but operators, 404, 409 where the sale cannot be opened.
pub async fn handle(deps: &'static Deps, request: Request) -> HttpResult {
    run(deps, request, souk_runtime::now()).await
}

/// As [`handle`], at a time of the caller's.
///
/// # Errors
/// As [`handle`].
pub async fn run(deps: &Deps, request: Request, now: Timestamp) -> HttpResult {
    let sale_id = sale_of(&request)?;
    let outcome = deps.sales.open_early(&sale_id, now).await?;
    if let TransitionOutcome::Done(_) | TransitionOutcome::Already(_) = &outcome {
        deps.conductors.call(&sale_id).await;
    }
    transitioned(outcome, "be opened")
}
