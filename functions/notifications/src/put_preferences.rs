//! `PUT /message-preferences`: which messages the caller does not want.

use souk_runtime::http::{HttpResult, Request, Response};
use souk_wiring::Call;

pub use crate::preferences::Deps;
use crate::preferences::{Body, View};

/// Keeps what the caller declines, in place of what they declined before. It holds for messages that are sent from
/// now on.
#[utoipa::path(
    put,
    path = "/message-preferences",
    operation_id = "put-preferences",
    request_body = Body,
    responses((status = 200, description = "What is declined now, and what may be.", body = View)),
    security(("user" = [])),
)]
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    let user_id = request.caller()?.user_id;
    let body: Body = request.json()?;
    let declined = body.checked()?;
    deps.messages.decline(&user_id, declined.clone()).await?;
    Ok(Response::json(200, &View::of(declined)))
}
