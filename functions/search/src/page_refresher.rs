//! `page-refresher`: brings a changed name to the pages that show it.

use souk_events::search::PageRefresh;
use souk_runtime::queue::{Failure, Message};
use souk_wiring::{Call, FromEnvironment};

use crate::{refreshes::Refreshes, renaming::Renaming};

/// What is done, and the queue to go on.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    renaming: Renaming,
    refreshes: Refreshes,
}

/// Lists products, or refreshes some pages with the name as it is now.
///
/// # Errors
/// Where that could not be done; the message comes back, repeating is safe.
pub async fn handle(deps: &Deps, message: Message<PageRefresh>, call: Call) -> Result<(), Failure> {
    let next = deps.renaming.handle(message.body, call.now).await?;
    deps.refreshes.send(&next).await
}
