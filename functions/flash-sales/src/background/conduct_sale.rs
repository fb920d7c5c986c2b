//! The conductor: moves a sale's threshold each second.

use souk_events::flash_sales::Conduct;
use souk_runtime::queue::{Failure, Message};
use souk_wiring::Call;
pub use souk_workflows::conduct_flash_sale::ConductFlashSale as Deps;

/// Conducts one sale for one run.
///
/// # Errors
/// Whatever makes the message come back.
pub async fn handle(deps: &Deps, message: Message<Conduct>, call: Call) -> Result<(), Failure> {
    deps.run(&message.body, &call).await
}
