//! `POST /admin/sales/{sale_id}/open`: now, instead of at `opens_at`.

use souk_runtime::http::{HttpResult, Request};
use souk_sales::TransitionOutcome;
use souk_wiring::Call;

pub use super::Conducting as Deps;
use super::{sale_of, transitioned};

/// Puts the opening at this moment and starts the conductor, who opens the sale as soon as the public
/// beacon of the moment is out: within some seconds. Repeating it changes nothing.
///
/// # Errors
/// 403 for anybody but operators, 404, 409 where the sale cannot be opened.
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let sale_id = sale_of(&request)?;
    let outcome = deps.sales.open_early(&sale_id, call.now).await?;
    if let TransitionOutcome::Done(_) | TransitionOutcome::Already(_) = &outcome {
        deps.conductors.start(&sale_id, &call).await;
    }
    transitioned(outcome, "be opened")
}
