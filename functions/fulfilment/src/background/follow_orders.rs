//! Orders' events → the warehouses' work: opened once an order is confirmed, closed when it is cancelled or has left. What
//! left is entered under its carrier's number; where units are missing, stock and money follow.

use serde::Deserialize;
use souk_domain::{ids::OrderId, order::Label};
use souk_events::orders::UnitsMissing;
use souk_runtime::queue::{Failure, Message};
use souk_wiring::{Call, FromEnvironment};
use souk_workflows::{follow_order::FollowOrder, settle_shortages::SettleShortages, track_parcels::EnterParcels};

/// What follows an order.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    follow: FollowOrder,
    shortages: SettleShortages,
    parcels: EnterParcels,
}

/// An event of the orders, in the bus's envelope. Only which order it is about counts, and which labels have left: what
/// is to be done, the order itself says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct OrderEvent {
    #[serde(rename = "detail-type")]
    detail_type: String,
    detail: Detail,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Detail {
    order_id: OrderId,
    /// The order's version then.
    #[serde(default)]
    version: Option<u64>,
    /// Of parcels that have left.
    #[serde(default)]
    parcels: Vec<Label>,
    /// Of one that bears another label than it left with.
    #[serde(default)]
    label: Option<Label>,
}

/// Follows one order. Repeated, late and overtaken events change nothing.
///
/// # Errors
/// Whatever makes the event come back.
pub async fn handle(deps: &Deps, message: Message<OrderEvent>, call: Call) -> Result<(), Failure> {
    let OrderEvent { detail_type, detail: Detail { order_id, version, parcels, label } } = message.body;
    let labels: Vec<Label> = parcels.into_iter().chain(label).collect();
    deps.parcels.run(&order_id, &labels, &call).await?;
    let outcome = deps.follow.since(&order_id, version).await?;
    if detail_type == UnitsMissing::DETAIL_TYPE {
        deps.shortages.run(&order_id, &call).await?;
    }
    tracing::info!(order_id = %order_id, ?outcome, "work");
    Ok(())
}
