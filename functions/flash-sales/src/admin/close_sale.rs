//! `POST /admin/sales/{sale_id}/close`: for good. Unsold units go back to stock.

use souk_runtime::http::{
    HttpResult, Request,
    description::Problems,
    problem::catalogue::{IllegalTransition, NotFound},
};
use souk_wiring::Call;
pub use souk_workflows::FlashSaleStock as Deps;

use super::{RoomView, sale_of, transitioned};

/// Fences every shard. Who has claimed keeps their unit. Repeating it changes nothing.
#[utoipa::path(
    post,
    path = "/admin/sales/{sale_id}/close",
    operation_id = "close-sale",
    responses(
        (status = 200, description = "It is closed.", body = RoomView),
        Problems<(NotFound, IllegalTransition)>,
    ),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    transitioned(deps.close(&sale_of(&request)?, &call).await?, "be closed")
}
