//! `POST /admin/sales/{sale_id}/resume`

use souk_runtime::http::{
    HttpResult, Request,
    description::Problems,
    problem::catalogue::{IllegalTransition, NotFound},
};
use souk_wiring::Call;
pub use souk_workflows::run_flash_sale::RunFlashSale as Deps;

use super::{RoomView, sale_of, transitioned};

/// Lets shoppers in again, where the threshold stood. Repeating it changes nothing.
#[utoipa::path(
    post,
    path = "/admin/sales/{sale_id}/resume",
    operation_id = "resume-sale",
    responses(
        (status = 200, description = "It goes on.", body = RoomView),
        Problems<(NotFound, IllegalTransition)>,
    ),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    transitioned(deps.resume(&sale_of(&request)?, &call).await?, "be resumed")
}
