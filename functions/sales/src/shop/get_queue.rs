//! `GET /sales/{sale_id}/queue`: where a shopper stands, and their admission when it is their turn.

use jiff::Timestamp;
use souk_domain::ids::SaleId;
use souk_runtime::{
    ConfigError, Environment, FromEnvironment,
    http::{HttpResult, Request, Response},
};
use souk_sales::{StandingOutcome, WaitingRoom};

use super::{Shopper, queue_view::QueueView};
use crate::{dependencies, problems};

/// The waiting room.
#[derive(Debug)]
pub struct Deps {
    waiting_room: WaitingRoom,
}

impl FromEnvironment for Deps {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        let lifetime = dependencies::seconds(environment, "ADMISSION_SECONDS")?;
        Ok(Self { waiting_room: dependencies::waiting_room(environment, lifetime)? })
    }
}

/// Runs the function until its instance ends.
///
/// # Errors
/// Where it cannot start, or the runtime API fails.
pub fn serve() -> Result<(), souk_runtime::Error> {
    souk_runtime::http::serve(handle)
}

/// Position, people ahead, expected wait, and when to ask again.
///
/// # Errors
/// 401 without a ticket, 403 where it is not this shopper's for this sale, 404.
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
    let ticket = request.token("souk-ticket")?;
    let standing = deps.waiting_room.stand(&sale_id, &shopper.key, ticket, now).await;
    match standing.map_err(problems::waiting_room)? {
        StandingOutcome::Standing { queueing, admission } => {
            Ok(Response::json(200, &QueueView::new(&queueing, None, admission)))
        }
        StandingOutcome::Unknown => Err(problems::no_such_sale()),
    }
}
