//! Orders' events → the warehouses' work: opened once an order is confirmed, closed when it is cancelled or has left. Where
//! units are missing, stock and money follow.

use serde::Deserialize;
use souk_domain::ids::OrderId;
use souk_events::orders::UnitsMissing;
use souk_runtime::queue::{Failure, Message};
use souk_wiring::{Call, FromEnvironment};
use souk_workflows::{follow_order::FollowOrder, settle_shortages::SettleShortages};

/// What follows an order.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    follow: FollowOrder,
    shortages: SettleShortages,
}

/// An event of the orders, in the bus's envelope. Only which order it is about counts: what is to be done, the order
/// itself says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct OrderEvent {
    #[serde(rename = "detail-type")]
    detail_type: String,
    detail: Detail,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Detail {
    order_id: OrderId,
}

/// Follows one order. Repeated, late and overtaken events change nothing.
///
/// # Errors
/// Whatever makes the event come back.
pub async fn handle(deps: &Deps, message: Message<OrderEvent>, call: Call) -> Result<(), Failure> {
    let OrderEvent { detail_type, detail: Detail { order_id } } = message.body;
    let outcome = deps.follow.run(&order_id).await?;
    if detail_type == UnitsMissing::DETAIL_TYPE {
        deps.shortages.run(&order_id, &call).await?;
    }
    tracing::info!(order_id = %order_id, ?outcome, "work");
    Ok(())
}
