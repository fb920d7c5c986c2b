//! `POST /admin/sales/{sale_id}/close`: for good. Unsold units go back to stock.

use souk_runtime::http::{HttpResult, Request};
use souk_wiring::Call;
pub use souk_workflows::SaleStock as Deps;

use super::{sale_of, transitioned};

/// Fences every shard. Who has claimed keeps their unit. Repeating it changes nothing.
///
/// # Errors
/// 403 for anybody but operators, 404, 409 while the sale is still being prepared.
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    transitioned(deps.close(&sale_of(&request)?, &call).await?, "be closed")
}
