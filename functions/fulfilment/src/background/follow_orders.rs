//! Orders' events → the warehouses' work: opened once an order is confirmed, closed when it is cancelled or has left.

use serde::Deserialize;
use souk_domain::ids::OrderId;
use souk_runtime::queue::{Failure, Message};
use souk_wiring::Call;
pub use souk_workflows::follow_order::FollowOrder as Deps;

/// An event of the orders, in the bus's envelope. Only which order it is about counts: what is to be done, the order
/// itself says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct OrderEvent {
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
pub async fn handle(deps: &Deps, message: Message<OrderEvent>, _: Call) -> Result<(), Failure> {
    let order_id = message.body.detail.order_id;
    let outcome = deps.run(&order_id).await?;
    tracing::info!(order_id = %order_id, ?outcome, "work");
    Ok(())
}
