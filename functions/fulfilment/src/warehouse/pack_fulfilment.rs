//! `POST /admin/orders/{order_id}/fulfilments/{warehouse_id}/pack`: it waits for its carrier.

use serde::Deserialize;
use souk_domain::order::Label;
use souk_runtime::http::{
    HttpResult, Problem, Request,
    description::Problems,
    problem::catalogue::{CancelRequested, ClaimedByAnother, IllegalTransition, NotFound},
};
use souk_wiring::Call;
pub use souk_workflows::pack_fulfilment::PackFulfilment as Deps;
use souk_workflows::pack_fulfilment::{PackOutcome, Packing};
use utoipa::ToSchema;

use super::Desk;
use crate::{labels, problems, view::FulfilmentView};

/// What is packed.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = PackFulfilment)]
#[serde(deny_unknown_fields)]
struct Body {
    /// The parcels' labels, where they are printed already.
    #[serde(default)]
    parcels: Vec<Label>,
    /// Pack it though its customer wants to cancel.
    #[serde(default)]
    anyway: bool,
}

/// Packs what the caller picks. From now on its customer cannot cancel. Repeating it changes nothing.
#[utoipa::path(
    post,
    path = "/admin/orders/{order_id}/fulfilments/{warehouse_id}/pack",
    operation_id = "pack-fulfilment",
    request_body = Body,
    responses(
        (status = 200, description = "The fulfilment, packed.", body = FulfilmentView, headers(("ETag"))),
        Problems<(NotFound, IllegalTransition, ClaimedByAnother, CancelRequested)>,
    ),
    security(("user" = ["warehouse"]), ("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let desk = Desk::of(&request)?;
    let body: Body = request.json()?;
    let labels = labels::checked("parcels", body.parcels)?;
    let packing = Packing { by: desk.by, labels, anyway: body.anyway };
    match deps.run(&desk.order_id, &desk.warehouse_id, &packing, call.now).await? {
        PackOutcome::Packed(work, _) => Ok(FulfilmentView::answer(&work, call.now)),
        PackOutcome::Refused(_, refusal) => Err(problems::refused(refusal)),
        PackOutcome::Forbidden(_, refusal) => Err(problems::shipping(&refusal, "be packed")),
        PackOutcome::Unknown => Err(Problem::not_found("fulfilment")),
    }
}
