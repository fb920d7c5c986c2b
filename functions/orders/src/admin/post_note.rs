//! `POST /admin/orders/{order_id}/notes`: staff write something down, for one another.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use souk_domain::ids::{NoteId, UserId};
use souk_orders::{NOTE_TEXT, Note};
use souk_runtime::http::{
    HttpResult, Problem, Request, Response, Workplace,
    description::{OptionalIdempotencyKey, Problems},
    problem::catalogue::{IdempotencyKeyReused, NotFound},
};
use souk_wiring::Call;
pub use souk_workflows::write_note::WriteNote as Deps;
use souk_workflows::write_note::{Author, Outcome};
use utoipa::ToSchema;

use crate::problems;

#[derive(Deserialize, ToSchema)]
#[schema(as = WriteNote)]
#[serde(deny_unknown_fields)]
struct Body {
    /// Up to 2,000 visible characters on any number of lines.
    #[schema(min_length = 1, max_length = 8000)]
    text: String,
}

/// A note about an order. Shoppers never see it.
#[derive(Serialize, ToSchema)]
#[schema(as = Note)]
struct NoteView<'a> {
    note_id: &'a NoteId,
    /// Who wrote it.
    author: &'a UserId,
    at: Timestamp,
    text: &'a str,
}

/// Keeps a note, in the order's timeline; a repeat with the same key finds the first. Staff of one warehouse write about
/// the orders that are packed there.
#[utoipa::path(
    post,
    path = "/admin/orders/{order_id}/notes",
    operation_id = "admin-post-note",
    params(OptionalIdempotencyKey),
    request_body = Body,
    responses(
        (status = 201, description = "The note, as it is kept.", body = NoteView),
        Problems<(NotFound, IdempotencyKeyReused)>,
    ),
    security(("user" = ["operator"]), ("user" = ["warehouse"])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let caller = request.caller()?;
    let workplace = caller.workplace()?;
    let order_id = request.path("order_id")?;
    let key = request.idempotency_key()?;
    let Body { text } = request.json()?;
    let text = NOTE_TEXT.parse(&text).map_err(|error| Problem::invalid_field("text", error.to_string()))?;
    let only_in = match &workplace {
        Workplace::Everywhere => None,
        Workplace::Only(own) => Some(own.as_slice()),
    };
    let author = Author { user_id: &caller.user_id, only_in };
    match deps.run(&order_id, author, key.as_deref(), text, &call).await? {
        Outcome::Kept(note) => Ok(Response::json(201, &NoteView::from(&*note))),
        Outcome::KeyReused => Err(problems::key_reused()),
        Outcome::Unknown => Err(Problem::not_found("order")),
    }
}

impl<'a> From<&'a Note> for NoteView<'a> {
    fn from(note: &'a Note) -> Self {
        Self { note_id: &note.note_id, author: &note.author, at: note.at, text: &note.text }
    }
}
