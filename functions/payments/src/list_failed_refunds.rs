//! `GET /admin/failed-refunds`: whose money came back to the shop, and waits for somebody.

use serde::Serialize;
use souk_domain::ids::OrderId;
use souk_payments::{PaymentRecord, PaymentRecords};
use souk_runtime::http::{HttpResult, Request, Response, Role};
use souk_wiring::{Call, FromEnvironment};
use utoipa::ToSchema;

use crate::refund_view::OrderRefundsView;

/// The most orders that are listed: each of them leaves the list when it is refunded again.
const LIMIT: i32 = 50;

/// The payments.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    payments: PaymentRecords,
}

/// Orders of which a refund has failed and none was made since.
#[derive(Debug, Serialize, ToSchema)]
struct FailedRefunds<'a> {
    /// The longest waiting first.
    orders: Vec<OrderRefundsView<'a>>,
    /// True where there are more than are shown.
    more: bool,
}

/// Up to 50 orders whose last refund has failed. An order leaves the list when it is refunded again.
#[utoipa::path(
    get,
    path = "/admin/failed-refunds",
    operation_id = "list-failed-refunds",
    responses((status = 200, description = "The orders.", body = FailedRefunds)),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    request.caller()?.require_any(&[Role::Operator])?;
    request.allow_query(&[])?;
    let page = deps.payments.failed_refunds(LIMIT, None).await?;
    let records = deps.payments.many(&page.items).await?;
    let of = |id: &OrderId| records.iter().find(|record: &&PaymentRecord| record.order_id == *id);
    let orders = page.items.iter().map(|id| OrderRefundsView::of(id, of(id))).collect();
    Ok(Response::json(200, &FailedRefunds { orders, more: page.next.is_some() }))
}
