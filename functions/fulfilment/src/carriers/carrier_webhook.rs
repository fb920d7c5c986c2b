//! `POST /webhooks/carriers/{carrier}`: a carrier says that something happened to a parcel.

use jiff::Timestamp;
use serde::Deserialize;
use souk_domain::order::{CarrierId, Tracking};
use souk_runtime::http::{
    HttpResult, Problem, Request, Response, description::Problems, problem::catalogue::BadSignature,
};
use souk_wiring::{Call, FromEnvironment};
use souk_workflows::track_parcels::TrackParcels;
use utoipa::ToSchema;

use super::secrets::Secrets;

/// The one type that anything follows from.
const ARRIVED: &str = "parcel.delivered";

/// The carriers' signing secrets, and who takes their words.
#[derive(FromEnvironment)]
pub struct Deps {
    secrets: Secrets,
    track: TrackParcels,
}

/// What a carrier tells. It may tell more, which is passed over.
#[derive(Deserialize, ToSchema)]
#[schema(as = CarrierEvent)]
struct Event {
    /// `parcel.delivered`. Events of other types are taken, and nothing follows.
    #[serde(rename = "type")]
    event_type: String,
    /// The parcel's number; capitals, blanks and hyphens do not matter.
    tracking_number: String,
    /// When it happened.
    occurred_at: Timestamp,
}

/// Marks the parcel of this carrier with this number delivered; with an order's last one, the order is. Repeated and
/// overtaken events change nothing. A number that is not ours is taken, too: carriers send again what is refused.
#[utoipa::path(
    post,
    path = "/webhooks/carriers/{carrier}",
    operation_id = "carrier-webhook",
    request_body = Event,
    responses(
        (status = 204, description = "It was taken."),
        Problems<BadSignature>,
    ),
    security(("carrier" = [])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let carrier: CarrierId = request.path("carrier")?;
    let body = request.signed_body("souk-signature", deps.secrets.of(&carrier), call.now)?;
    let event: Event = serde_json::from_slice(&body).map_err(|_| Problem::invalid("The body is not an event."))?;
    if event.event_type == ARRIVED {
        let tracking = Tracking::new(carrier, &event.tracking_number);
        let outcome = deps.track.arrived(&tracking, event.occurred_at, &call).await?;
        tracing::info!(?outcome, "a carrier's word");
    }
    Ok(Response::empty(204))
}
