//! `POST /admin/orders/{order_id}/fulfilments/{warehouse_id}/shortages`: fewer units are there than should be picked.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use souk_domain::{
    ids::{OrderId, Sku},
    order::{Finding, OrderStatus},
};
use souk_runtime::http::{
    HttpResult, Problem, Request, Response,
    description::Problems,
    problem::catalogue::{ClaimedByAnother, IllegalTransition, NotFound, Unprocessable},
};
use souk_wiring::Call;
pub use souk_workflows::report_shortage::ReportShortage as Deps;
use souk_workflows::report_shortage::ShortageOutcome;
use utoipa::ToSchema;

use super::Desk;
use crate::{
    problems,
    view::{FulfilmentView, ItemView, items},
};

/// What was found.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = Finding)]
#[serde(deny_unknown_fields)]
struct Body {
    /// Of what.
    sku: Sku,
    /// How many units are there: fewer than are to be picked.
    found: u32,
}

/// What is left to do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Shortage)]
struct Taken<'a> {
    order_id: &'a OrderId,
    /// `CANCELLED` where nothing of the order is left to send, `SHIPPED` where all the rest has left.
    order_status: OrderStatus,
    /// `CANCELLED` where nothing is left to pick here.
    fulfilment: FulfilmentView<'a>,
    /// What is left to be picked here. Where it lies, the warehouse's list says.
    items: Vec<ItemView<'a>>,
}

/// Says how many units are there, by whoever picks them. What is missing is not sent and not paid for, and the shopper is
/// told. Saying the same again changes nothing.
#[utoipa::path(
    post,
    path = "/admin/orders/{order_id}/fulfilments/{warehouse_id}/shortages",
    operation_id = "report-shortage",
    request_body = Body,
    responses(
        (status = 200, description = "What is left to be picked.", body = Taken),
        Problems<(NotFound, IllegalTransition, ClaimedByAnother, Unprocessable)>,
    ),
    security(("user" = ["warehouse"]), ("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let desk = Desk::of(&request)?;
    let Body { sku, found } = request.json()?;
    let finding = Finding { warehouse_id: desk.warehouse_id, sku, found, by: desk.by };
    match deps.run(&desk.order_id, &finding, &call).await? {
        ShortageOutcome::Taken(work, order) => {
            let places = HashMap::new();
            let taken = Taken {
                order_id: &order.order_id,
                order_status: order.status,
                fulfilment: FulfilmentView::of(&work, call.now),
                items: items(&work, &order, &places),
            };
            Ok(Response::json(200, &taken))
        }
        ShortageOutcome::Refused(_, refusal) => Err(problems::refused(refusal)),
        ShortageOutcome::Forbidden(_, refusal) => Err(problems::shortage(&refusal)),
        ShortageOutcome::Unknown => Err(Problem::not_found("fulfilment")),
    }
}
