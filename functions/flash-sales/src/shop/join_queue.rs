//! `POST /sales/{sale_id}/queue`: a place in the queue. Nothing is stored for it.

use souk_domain::ids::FlashSaleId;
use souk_flash_sales::{JoinOutcome, WaitingRoom};
use souk_runtime::http::{
    HttpResult, Request, Response,
    description::Problems,
    problem::catalogue::{AccountNotEligible, NotFound, SaleNotOpen},
};
use souk_wiring::{Call, FromEnvironment};

use super::{Shopper, queue_view::QueueView};
use crate::problems;

/// The waiting room.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    waiting_room: WaitingRoom,
}

/// Gives the shopper a signed ticket. Joining again gives a later one: whoever keeps the first stands
/// better.
#[utoipa::path(
    post,
    path = "/sales/{sale_id}/queue",
    operation_id = "join-queue",
    responses(
        (status = 201, description = "The ticket, and where its holder stands.", body = QueueView),
        Problems<(NotFound, SaleNotOpen, AccountNotEligible)>,
    ),
    security(("user" = [])),
)]
pub async fn handle(deps: &Deps, request: Request, Call { now, .. }: Call) -> HttpResult {
    let shopper = Shopper::of(&request)?;
    let sale_id: FlashSaleId = request.path("sale_id")?;
    match deps.waiting_room.join(&sale_id, &shopper.key, now).await.map_err(problems::waiting_room)? {
        JoinOutcome::Joined { ticket, queueing } => {
            Ok(Response::json(201, &QueueView::new(&queueing, Some(ticket), None)))
        }
        JoinOutcome::NotJoinable(status) => Err(problems::not_open(status)),
        JoinOutcome::Unknown => Err(problems::no_such_sale()),
    }
}
