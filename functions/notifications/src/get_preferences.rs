//! `GET /message-preferences`.

use souk_runtime::http::{HttpResult, Request, Response};
use souk_wiring::Call;

pub use crate::preferences::Deps;
use crate::preferences::View;

/// What the caller declines, and what may be declined.
#[utoipa::path(
    get,
    path = "/message-preferences",
    operation_id = "get-preferences",
    responses((status = 200, description = "What is declined, and what may be.", body = View)),
    security(("user" = [])),
)]
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    let user_id = request.caller()?.user_id;
    Ok(Response::json(200, &View::of(deps.messages.declined(&user_id).await?)))
}
