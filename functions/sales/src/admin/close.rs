//! `POST /admin/sales/{sale_id}/close`: for good. Unsold units go back to stock.

use jiff::Timestamp;
use souk_domain::sale::SaleEvent;
use souk_runtime::http::{HttpResult, Problem, Request};
use souk_sales::TransitionOutcome;

use super::{sale_of, transitioned};
pub use crate::sale_stock::SaleStock as Deps;

/// Runs the function until its instance ends.
///
/// # Errors
/// Where it cannot start, or the runtime API fails.
pub fn serve() -> Result<(), souk_runtime::Error> {
    souk_runtime::http::serve(handle)
}

/// Fences every shard. Who has claimed keeps his unit. What dies half-way, the sweeper finishes;
/// repeating it changes nothing.
///
/// # Errors
/// 403 for anybody but operators, 404, 409 while the sale is still being prepared.
pub async fn handle(deps: &'static Deps, request: Request) -> HttpResult {
    run(deps, request, souk_runtime::now()).await
}

/// As [`handle`], at a time of the caller's.
///
/// # Errors
/// As [`handle`].
pub async fn run(deps: &Deps, request: Request, now: Timestamp) -> HttpResult {
    let sale_id = sale_of(&request)?;
    let outcome = deps.sales.transition(&sale_id, SaleEvent::Close, now).await?;
    let (TransitionOutcome::Done(_) | TransitionOutcome::Already(_)) = &outcome else {
        return transitioned(outcome, "be closed");
    };
    let sale = deps.sales.get(&sale_id).await?.ok_or_else(|| Problem::internal("a room without a sale"))?;
    let settled = deps.finish_closing(&sale, now).await?;
    transitioned(settled, "be closed")
}
