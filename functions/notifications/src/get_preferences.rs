//! `GET /message-preferences`.

use souk_runtime::http::{HttpResult, Request, Response};
use souk_wiring::Call;

pub use crate::preferences::Deps;
use crate::preferences::View;

/// What the caller declines, and what may be declined.
///
/// # Errors
/// 401, 503.
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    let user_id = request.caller()?.user_id;
    Ok(Response::json(200, &View::of(deps.messages.declined(&user_id).await?)))
}
