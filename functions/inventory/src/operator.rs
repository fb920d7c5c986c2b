//! What the staff's endpoints share.

use serde::{Deserialize, Serialize};
use souk_domain::{
    ids::{Sku, UserId, WarehouseId},
    stock::{MAX_UNITS, Place, StockRow},
};
use souk_inventory::{Seen, StockRows};
use souk_runtime::http::{Problem, Request, Response, Role};
use souk_wiring::FromEnvironment;
use utoipa::ToSchema;

/// The rows of stock.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    pub(crate) rows: StockRows,
}

/// What a count is about, where it is not held to a version: what is sold between the look at the row and the count stays
/// sold, so that a row that sells all the time can be counted.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[schema(as = SeenBooks)]
#[serde(deny_unknown_fields)]
pub(crate) struct SeenBooks {
    /// The row's `quantity` when it was counted.
    #[schema(maximum = 1_000_000_000)]
    quantity: u32,
    /// Its `counted` then: whoever has counted or adjusted it since is not overruled.
    counted: u32,
}

impl SeenBooks {
    /// What whoever counted has seen. A version is the stricter word, and holds where both are named.
    ///
    /// # Errors
    /// 400 of a quantity that no row has.
    pub(crate) fn or_version(books: Option<Self>, version: Option<u64>) -> Result<Seen, Problem> {
        let Some(Self { quantity, counted }) = books else { return Ok(Seen::from(version)) };
        check_units("seen.quantity", quantity)?;
        Ok(version.map_or(Seen::Books { quantity, counted }, Seen::Version))
    }
}

/// The operator's user id, for the ledger.
pub(crate) fn require_operator(request: &Request) -> Result<UserId, Problem> {
    let caller = request.caller()?;
    caller.require_any(&[Role::Operator])?;
    Ok(caller.user_id)
}

/// The row that the path names.
pub(crate) fn row_of_path(request: &Request) -> Result<(Sku, WarehouseId), Problem> {
    Ok((request.path("sku")?, request.path("warehouse_id")?))
}

/// The place that a request's `place` names.
///
/// # Errors
/// 400 that names the field.
pub(crate) fn place_of(text: &str) -> Result<Place, Problem> {
    Place::parse(text).map_err(|error| Problem::invalid_field("place", error.to_string()))
}

/// A row has no more units than it can.
///
/// # Errors
/// 400 that names the field.
pub(crate) fn check_units(field: &'static str, units: u32) -> Result<(), Problem> {
    match units > MAX_UNITS {
        true => Err(Problem::invalid_field(field, format!("must be from 0 to {MAX_UNITS}"))),
        false => Ok(()),
    }
}

/// A row as staff see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StockRow)]
pub(crate) struct RowView<'a> {
    sku: &'a Sku,
    warehouse_id: &'a WarehouseId,
    quantity: u32,
    reserved_quantity: u32,
    available: u32,
    /// Where its units lie; absent where that is not kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<&'a Place>,
    /// How often it was counted and adjusted by people: a count's `seen.counted`.
    counted: u32,
    version: u64,
}

impl<'a> From<&'a StockRow> for RowView<'a> {
    fn from(row: &'a StockRow) -> Self {
        Self {
            sku: &row.sku,
            warehouse_id: &row.warehouse_id,
            quantity: row.quantity,
            reserved_quantity: row.set_aside(),
            available: row.available,
            place: row.place.as_ref(),
            counted: row.counted,
            version: row.version,
        }
    }
}

/// A row with its version as ETag.
pub(crate) fn answer(status: u16, row: &StockRow) -> Response {
    Response::json(status, &RowView::from(row)).etag(row.version)
}
