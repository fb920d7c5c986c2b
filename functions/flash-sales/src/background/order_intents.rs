//! The worker: an intent becomes an order, and the order's saga starts. The same orders, the same saga
//! as for every other purchase.

use souk_events::flash_sales::PurchaseIntent;
use souk_runtime::queue::{Failure, Message};
use souk_wiring::Call;
pub use souk_workflows::order_intent::OrderIntent as Deps;

/// Places the order. A repeat finds it; a claim that is not the order's goes back.
///
/// # Errors
/// Whatever makes the message come back.
pub async fn handle(deps: &Deps, message: Message<PurchaseIntent>, call: Call) -> Result<(), Failure> {
    deps.run(message.body, &call).await
}
