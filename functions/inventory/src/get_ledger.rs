//! `GET /admin/inventory/{sku}/{warehouse_id}/ledger`: how a row came to its numbers, newest first.

use serde::Serialize;
use souk_dynamo::Cursor;
use souk_inventory::{Ledger, LedgerEntry};
use souk_runtime::http::{HttpResult, Problem, Request, Response};
use souk_wiring::{Call, FromEnvironment};

use crate::operator::{require_operator, row_of_path};

const LIMIT_DEFAULT: u16 = 50;
const LIMIT_MAX: u16 = 200;

/// The ledger.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    ledger: Ledger,
}

#[derive(Debug, Serialize)]
struct LedgerView {
    entries: Vec<LedgerEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
}

/// Answers with a page of movements. The ledger follows the rows within seconds.
///
/// # Errors
/// 400, 401, 403, 503.
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    require_operator(&request)?;
    let (sku, warehouse_id) = row_of_path(&request)?;
    request.allow_query(&["limit", "cursor"])?;
    let limit: u16 = request.query("limit")?.unwrap_or(LIMIT_DEFAULT);
    if !(1..=LIMIT_MAX).contains(&limit) {
        return Err(Problem::invalid_field("limit", format!("must be from 1 to {LIMIT_MAX}")));
    }
    let list = format!("ledger of {sku} in {warehouse_id}");
    let cursor: Option<String> = request.query("cursor")?;
    let below = cursor.map(|text| Cursor::<u64>::decode(&text, &list)).transpose()?.map(|Cursor(below)| below);
    let page = deps.ledger.page(&sku, &warehouse_id, below, limit).await?;
    let cursor = page.next.map(|next| Cursor(next).encode(&list));
    Ok(Response::json(200, &LedgerView { entries: page.entries, cursor }))
}
