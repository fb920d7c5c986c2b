//! `GET /admin/inventory/{sku}/{warehouse_id}/ledger`: how a row came to its numbers, newest first.

use serde::Serialize;
use souk_domain::stock::{MAX_SPLITS, Movement, MovementKind, RowKey, Split};
use souk_dynamo::Cursor;
use souk_inventory::{Ledger, LedgerEntry};
use souk_runtime::http::{HttpResult, Problem, Request, Response, page_size};
use souk_wiring::{Call, FromEnvironment};
use utoipa::ToSchema;

use crate::operator::{require_operator, row_of_path};

const LIMIT_DEFAULT: usize = 50;
const LIMIT_MAX: usize = 200;

/// The ledger.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    ledger: Ledger,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LedgerPage)]
struct LedgerView {
    /// Movements, newest first.
    entries: Vec<EntryView>,
    /// Where the next page begins; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
}

/// One movement, with the row's numbers after it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LedgerEntry)]
struct EntryView {
    /// The row's version that the movement made.
    version: u64,
    kind: MovementKind,
    /// The reservation or the operator behind it.
    reference: String,
    /// Why, in an operator's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    quantity_delta: i64,
    reserved_delta: i64,
    /// When, in milliseconds of the epoch.
    at: i64,
    quantity: u32,
    reserved_quantity: u32,
    available: u32,
}

impl From<LedgerEntry> for EntryView {
    fn from(entry: LedgerEntry) -> Self {
        let LedgerEntry { version, movement, quantity, reserved_quantity, available } = entry;
        let Movement { kind, reference, reason, delta, at } = movement;
        let (quantity_delta, reserved_delta, at) = (delta.quantity, delta.reserved, at.as_millisecond());
        Self {
            version,
            kind,
            reference,
            reason,
            quantity_delta,
            reserved_delta,
            at,
            quantity,
            reserved_quantity,
            available,
        }
    }
}

/// The split whose movements are asked for.
fn split_of(request: &Request) -> Result<Split, Problem> {
    match request.query::<u16>("split")? {
        None => Ok(Split::FIRST),
        Some(number @ 1..=MAX_SPLITS) => Ok(Split::number(number)),
        Some(_) => Err(Problem::invalid_field("split", format!("must be from 1 to {MAX_SPLITS}"))),
    }
}

/// Answers with a page of movements. The ledger follows the rows within seconds.
#[utoipa::path(
    get,
    path = "/admin/inventory/{sku}/{warehouse_id}/ledger",
    operation_id = "get-ledger",
    params(
        ("split" = Option<u16>, Query, minimum = 1, maximum = 128, description =
            "Of a row that was split while it was hot: the movements of this split. Units that go from one to another are `MOVED`."),
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 200, description = "How many; 50 unless said otherwise."),
        ("cursor" = Option<String>, Query, description = "The `cursor` of the page before."),
    ),
    responses((status = 200, description = "A page of movements.", body = LedgerView)),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    require_operator(&request)?;
    let (sku, warehouse_id) = row_of_path(&request)?;
    request.allow_query(&["split", "limit", "cursor"])?;
    let row = RowKey::first(&sku, &warehouse_id).of_split(split_of(&request)?);
    let limit = page_size(request.query("limit")?, LIMIT_DEFAULT, 1..=LIMIT_MAX)?;
    let list = format!("ledger of {row}");
    let cursor: Option<String> = request.query("cursor")?;
    let below = cursor.map(|text| Cursor::<u64>::decode(&text, &list)).transpose()?.map(|Cursor(below)| below);
    let page = deps.ledger.page(&row, below, limit).await?;
    let cursor = page.next.map(|next| Cursor(next).encode(&list));
    Ok(Response::json(200, &LedgerView { entries: page.entries.into_iter().map(EntryView::from).collect(), cursor }))
}
