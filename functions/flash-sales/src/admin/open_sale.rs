//! `POST /admin/sales/{sale_id}/open`: now, instead of at `opens_at`.

use souk_runtime::http::{
    HttpResult, Request,
    description::Problems,
    problem::catalogue::{IllegalTransition, NotFound},
};
use souk_wiring::Call;
pub use souk_workflows::run_flash_sale::RunFlashSale as Deps;

use super::{RoomView, sale_of, transitioned};

/// Puts the opening at this moment: it opens within some seconds. Repeating it changes nothing.
#[utoipa::path(
    post,
    path = "/admin/sales/{sale_id}/open",
    operation_id = "open-sale",
    responses(
        (status = 200, description = "It opens.", body = RoomView),
        Problems<(NotFound, IllegalTransition)>,
    ),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    transitioned(deps.open_early(&sale_of(&request)?, &call).await?, "be opened")
}
