//! `POST /admin/sales/{sale_id}/open`: now, instead of at `opens_at`.

use souk_runtime::http::{HttpResult, Request};
use souk_wiring::Call;
pub use souk_workflows::run_sale::RunSale as Deps;

use super::{sale_of, transitioned};

/// Puts the opening at this moment: it opens within some seconds. Repeating it changes nothing.
///
/// # Errors
/// 403 for anybody but operators, 404, 409 where the sale cannot be opened.
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    transitioned(deps.open_early(&sale_of(&request)?, &call).await?, "be opened")
}
