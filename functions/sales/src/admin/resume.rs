//! `POST /admin/sales/{sale_id}/resume`

use souk_runtime::http::{HttpResult, Request};
use souk_wiring::Call;
pub use souk_workflows::run_sale::RunSale as Deps;

use super::{sale_of, transitioned};

/// Lets shoppers in again, where the threshold stood. Repeating it changes nothing.
///
/// # Errors
/// 403 for anybody but operators, 404, 409 where the sale cannot be resumed.
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    transitioned(deps.resume(&sale_of(&request)?, &call).await?, "be resumed")
}
