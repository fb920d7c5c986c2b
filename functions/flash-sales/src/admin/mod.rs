//! What operators do with a sale.

pub mod close_sale;
pub mod get_sale;
pub mod open_sale;
pub mod pause_sale;
pub mod put_sale;
pub mod resume_sale;

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{
    flash_sale::{Commitment, FlashSaleStatus},
    ids::{FlashSaleId, Sku},
    money::Money,
};
use souk_flash_sales::{FlashSale, Room, TransitionOutcome};
use souk_runtime::http::{HttpResult, Problem, Request, Response, Role};
use utoipa::ToSchema;

use crate::problems;

/// The sale that an operator's request names.
fn sale_of(request: &Request) -> Result<FlashSaleId, Problem> {
    request.caller()?.require_any(&[Role::Operator])?;
    request.path("sale_id")
}

/// A sale's terms and how its units lie.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FlashSaleTerms)]
struct FlashSaleTermsView<'a> {
    sale_id: &'a FlashSaleId,
    sku: &'a Sku,
    units: u32,
    price: Money,
    opens_at: Timestamp,
    /// When it closes by itself.
    closes_at: Option<Timestamp>,
    /// How many shoppers it admits per second.
    admission_rate: u32,
    expected_shoppers: u32,
    /// How many shards its units lie in.
    shards: u32,
    /// The SHA-256 of the draw's key.
    commitment: Commitment,
    version: u64,
    created_at: Timestamp,
}

impl<'a> From<&'a FlashSale> for FlashSaleTermsView<'a> {
    fn from(sale: &'a FlashSale) -> Self {
        let terms = &sale.terms;
        Self {
            sale_id: &sale.sale_id,
            sku: terms.sku(),
            units: terms.units(),
            price: terms.price(),
            opens_at: terms.opens_at(),
            closes_at: terms.closes_at(),
            admission_rate: terms.admission_rate(),
            expected_shoppers: terms.expected_shoppers(),
            shards: sale.shard_count(),
            commitment: sale.commitment,
            version: sale.version,
            created_at: sale.created_at,
        }
    }
}

/// Where a sale stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FlashSaleRoom)]
struct RoomView<'a> {
    sale_id: &'a FlashSaleId,
    status: FlashSaleStatus,
    opens_at: Timestamp,
}

impl<'a> From<&'a Room> for RoomView<'a> {
    fn from(room: &'a Room) -> Self {
        Self { sale_id: &room.sale_id, status: room.status, opens_at: room.opens_at }
    }
}

/// Where a sale stands after an operator's word.
fn transitioned(outcome: TransitionOutcome, wanted: &str) -> HttpResult {
    match outcome {
        TransitionOutcome::Done(room) | TransitionOutcome::Already(room) => {
            Ok(Response::json(200, &RoomView::from(&*room)))
        }
        TransitionOutcome::Refused(room) => Err(problems::illegal(room.status, wanted)),
        TransitionOutcome::Busy => Err(Problem::try_again("the sale's room kept being written")),
        TransitionOutcome::Unknown => Err(problems::no_such_sale()),
    }
}
