//! `POST /admin/sales/{sale_id}/close`: for good. Unsold units go back to stock.

use jiff::Timestamp;
use souk_domain::sale::SaleEvent;
use souk_runtime::http::{HttpResult, Problem, Request};
use souk_sales::TransitionOutcome;
use souk_wiring::Call;

use super::{sale_of, transitioned};
pub use crate::sale_stock::SaleStock as Deps;

/// Fences every shard. Who has claimed keeps his unit. What dies half-way, the sweeper finishes;
/// repeating it changes nothing.
///
/// # Errors
/// 403 for anybody but operators, 404, 409 while the sale is still being prepared.
pub async fn handle(deps: &Deps, request: Request, Call { now, .. }: Call) -> HttpResult {
    let sale_id = sale_of(&request)?;
    let outcome = deps.sales.transition(&sale_id, SaleEvent::Close, now).await?;
    let (TransitionOutcome::Done(_) | TransitionOutcome::Already(_)) = &outcome else {
        return transitioned(outcome, "be closed");
    };
    let sale = deps.sales.get(&sale_id).await?.ok_or_else(|| Problem::internal("a room without a sale"))?;
    let settled = deps.finish_closing(&sale, now).await?;
    transitioned(settled, "be closed")
}
