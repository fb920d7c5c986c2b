//! `POST /sales/{sale_id}/queue`: a place in the queue. Nothing is stored for it.

use jiff::{SignedDuration, Timestamp};
use souk_domain::ids::SaleId;
use souk_runtime::{
    ConfigError, Environment, FromEnvironment,
    http::{HttpResult, Request, Response},
};
use souk_sales::{JoinOutcome, WaitingRoom};

use super::{Shopper, queue_view::QueueView};
use crate::{dependencies, problems};

/// The waiting room.
#[derive(Debug)]
pub struct Deps {
    waiting_room: WaitingRoom,
}

impl FromEnvironment for Deps {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        // Nobody is admitted here.
        Ok(Self { waiting_room: dependencies::waiting_room(environment, SignedDuration::ZERO)? })
    }
}

/// Runs the function until its instance ends.
///
/// # Errors
/// Where it cannot start, or the runtime API fails.
pub fn serve() -> Result<(), souk_runtime::Error> {
    souk_runtime::http::serve(handle)
}

/// Gives the shopper a signed ticket. Joining again gives a later one: whoever keeps the first stands
/// better.
///
/// # Errors
/// 403 for an account that cannot take part, 404, 409 where the sale is over.
pub async fn handle(deps: &'static Deps, request: Request) -> HttpResult {
    run(deps, request, souk_runtime::now()).await
}

/// As [`handle`], at a time of the caller's.
///
/// # Errors
/// As [`handle`].
pub async fn run(deps: &Deps, request: Request, now: Timestamp) -> HttpResult {
    let shopper = Shopper::of(&request)?;
    let sale_id: SaleId = request.path("sale_id")?;
    match deps.waiting_room.join(&sale_id, &shopper.key, now).await.map_err(problems::waiting_room)? {
        JoinOutcome::Joined { ticket, queueing } => {
            Ok(Response::json(201, &QueueView::new(&queueing, Some(ticket), None)))
        }
        JoinOutcome::NotJoinable(status) => Err(problems::not_open(status)),
        JoinOutcome::Unknown => Err(problems::no_such_sale()),
    }
}
