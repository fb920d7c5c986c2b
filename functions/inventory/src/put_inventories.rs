//! `POST /admin/inventory`: what was counted of many SKUs, each as
//! `PUT /admin/inventory/{sku}/{warehouse_id}` would take it.

use serde::Deserialize;
use souk_domain::ids::{Sku, WarehouseId};
use souk_runtime::http::{HttpResult, Request, Row, RowAnswers, Rows, put_rows};
use souk_wiring::Call;
use utoipa::ToSchema;

pub use crate::operator::Deps;
use crate::{
    operator::{SeenBooks, require_operator},
    put_inventory,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CountRow {
    sku: Sku,
    warehouse_id: WarehouseId,
    /// The version that is changed: the number in the row's `ETag`. Without, the row is created.
    #[serde(default)]
    if_match: Option<u64>,
    /// What the row showed when its units were counted. Where a version is named, that holds.
    #[serde(default)]
    seen: Option<SeenBooks>,
    /// How many units were counted.
    #[schema(maximum = 1_000_000_000)]
    quantity: u32,
    /// Where they lie, such as `A-12-3`, up to 32 visible characters. Absent: where they lay before.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 128)]
    place: Option<String>,
}

impl Row for CountRow {
    type Key = (Sku, WarehouseId);
    const KEY_FIELD: &'static str = "warehouse_id";
    fn key(&self) -> (Sku, WarehouseId) {
        (self.sku.clone(), self.warehouse_id.clone())
    }
}

/// Answers with what became of each row.
#[utoipa::path(
    post,
    path = "/admin/inventory",
    operation_id = "put-inventories",
    request_body = Rows<CountRow>,
    responses((status = 200, description = "What became of each row.", body = RowAnswers)),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let operator = &require_operator(&request)?;
    put_rows(&request, async |row: CountRow| {
        let count = (row.quantity, row.place.as_deref());
        let of = (&row.sku, &row.warehouse_id);
        let seen = SeenBooks::or_version(row.seen, row.if_match)?;
        let (effect, row) = put_inventory::put(deps, of, count, seen, operator, &call).await?;
        Ok((effect, row.version))
    })
    .await
}
