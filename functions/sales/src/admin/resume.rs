//! `POST /admin/sales/{sale_id}/resume`

use souk_domain::sale::SaleEvent;
use souk_runtime::http::{HttpResult, Request};
use souk_sales::TransitionOutcome;
use souk_wiring::Call;

pub use super::Conducting as Deps;
use super::{sale_of, transitioned};

/// Lets shoppers in again, where the threshold stood. Repeating it changes nothing.
///
/// # Errors
/// 403 for anybody but operators, 404, 409 where the sale cannot be resumed.
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let sale_id = sale_of(&request)?;
    let outcome = deps.sales.transition(&sale_id, SaleEvent::Resume, call.now).await?;
    if let TransitionOutcome::Done(_) = &outcome {
        deps.conductors.start(&sale_id, &call).await;
    }
    transitioned(outcome, "be resumed")
}
