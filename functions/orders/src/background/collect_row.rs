//! A row of stock forgets what it remembers of checkouts that are over: its stream said that there is much of it.

use souk_events::inventory::MarksGrown;
use souk_runtime::queue::{Failure, Message};
use souk_wiring::Call;
pub use souk_workflows::collect_marks::CollectMarks as Deps;

/// Collects what is old enough. A message that comes again finds nothing to do.
///
/// # Errors
/// Whatever makes the message come back.
pub async fn handle(deps: &Deps, message: Message<MarksGrown>, call: Call) -> Result<(), Failure> {
    let _report = deps.of_row(&message.body, call.now).await?;
    Ok(())
}
