//! `GET /admin/webhooks/{webhook_id}/deliveries`

use serde::Serialize;
use souk_dynamo::Cursor;
use souk_runtime::http::{
    HttpResult, Request, Response, description::Problems, page_size, problem::catalogue::NotFound,
};
use souk_webhooks::{Deliveries, Filter, Place, Webhooks};
use souk_wiring::{Call, FromEnvironment};
use utoipa::ToSchema;

use super::DeliveryView;
use crate::operator::{no_such_webhook, webhook_of};

const LIMIT_DEFAULT: usize = 50;
const LIMIT_MAX: usize = 200;

/// The subscriptions, and what is delivered to them.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    webhooks: Webhooks,
    deliveries: Deliveries,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeliveryPage)]
struct PageView {
    /// Newest first.
    deliveries: Vec<DeliveryView>,
    /// Where the next page begins; absent where nothing follows. A page looks at a thousand deliveries at the most, so
    /// it may be short though others follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
}

/// Answers with a page of what was sent to a subscriber, or is to be. Deliveries are known for thirty days.
#[utoipa::path(
    get,
    path = "/admin/webhooks/{webhook_id}/deliveries",
    operation_id = "list-deliveries",
    params(
        ("state" = Option<souk_domain::webhook::DeliveryState>, Query, description = "Those that stand so; all unless said otherwise."),
        ("limit" = Option<usize>, Query, minimum = 1, maximum = 200, description = "How many; 50 unless said otherwise."),
        ("cursor" = Option<String>, Query, description = "The `cursor` of the page before."),
    ),
    responses((status = 200, description = "A page of deliveries.", body = PageView), Problems<NotFound>),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    let webhook_id = webhook_of(&request)?;
    request.allow_query(&["state", "limit", "cursor"])?;
    let filter = Filter { state: request.query("state")?, ..Filter::default() };
    let limit = page_size(request.query("limit")?, LIMIT_DEFAULT, 1..=LIMIT_MAX)?;
    let list = format!("deliveries to {webhook_id} in {:?}", filter.state);
    let cursor: Option<String> = request.query("cursor")?;
    let after = cursor.map(|text| Cursor::<Place>::decode(&text, &list)).transpose()?.map(|Cursor(after)| after);
    deps.webhooks.get(&webhook_id).await?.ok_or_else(no_such_webhook)?;
    let page = deps.deliveries.page(&webhook_id, filter, after.as_ref(), limit).await?;
    let cursor = page.next.map(|next| Cursor(next).encode(&list));
    Ok(Response::json(200, &PageView { deliveries: page.deliveries.iter().map(DeliveryView::from).collect(), cursor }))
}
