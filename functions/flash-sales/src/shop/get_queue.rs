//! `GET /sales/{sale_id}/queue`: where a shopper stands, and their admission when it is their turn.

use souk_domain::ids::FlashSaleId;
use souk_flash_sales::{StandingOutcome, WaitingRoom};
use souk_runtime::http::{
    HttpResult, Request, Response,
    description::Problems,
    problem::catalogue::{AccountNotEligible, NotFound, TicketNotValid, TicketRequired},
};
use souk_wiring::{Call, FromEnvironment};

use super::{Shopper, queue_view::QueueView};
use crate::problems;

/// The waiting room.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    waiting_room: WaitingRoom,
}

/// Position, people ahead, expected wait, and when to ask again.
#[utoipa::path(
    get,
    path = "/sales/{sale_id}/queue",
    operation_id = "get-queue",
    params(("Souk-Ticket" = String, Header, description = "The ticket that joining the queue gave.")),
    responses(
        (status = 200, description = "Where the shopper stands.", body = QueueView),
        Problems<(NotFound, TicketRequired, TicketNotValid, AccountNotEligible)>,
    ),
    security(("user" = [])),
)]
pub async fn handle(deps: &Deps, request: Request, Call { now, .. }: Call) -> HttpResult {
    let shopper = Shopper::of(&request)?;
    let sale_id: FlashSaleId = request.path("sale_id")?;
    let ticket = request.token("souk-ticket")?;
    let standing = deps.waiting_room.standing(&sale_id, &shopper.key, ticket, now).await;
    match standing.map_err(problems::waiting_room)? {
        StandingOutcome::Standing { queueing, admission } => {
            Ok(Response::json(200, &QueueView::new(&queueing, None, admission)))
        }
        StandingOutcome::Unknown => Err(problems::no_such_sale()),
    }
}
