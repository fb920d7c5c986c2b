//! A row of stock is seen to, whose stream says that it has grown.

use souk_events::inventory::RowGrown;
use souk_runtime::queue::{Failure, Message};
use souk_wiring::Call;
pub use souk_workflows::maintain_rows::MaintainRows as Deps;

/// Collects what is old enough, or shares units out. A message that comes again finds nothing to do.
///
/// # Errors
/// Whatever makes the message come back.
pub async fn handle(deps: &Deps, message: Message<RowGrown>, call: Call) -> Result<(), Failure> {
    let _report = deps.of_row(&message.body, call.now).await?;
    Ok(())
}
