//! `search-indexer`: the pages' stream becomes search documents.

use jiff::{SignedDuration, Timestamp};
use souk_runtime::stream::{BatchResult, Record, RecordFailure};
use souk_search::{IndexError, Pages, ProductPage, SearchIndex};
use souk_wiring::{Call, FromEnvironment};

/// The index remembers the versions of deleted documents for a day, the schema says. A record that comes
/// late, such as one that was set aside, is not trusted beyond a part of that: the page is asked.
const TRUSTED_FOR: SignedDuration = SignedDuration::from_hours(1);

/// The index, and the pages as they are now.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    index: SearchIndex,
    pages: Pages,
}

/// Indexes a batch in as few calls as possible.
///
/// # Errors
/// The first record of which a document was refused; an outage of the search service fails all of them.
pub async fn handle(deps: &Deps, records: Vec<Record>, _: Call) -> BatchResult {
    let mut actions = Vec::new();
    // To which record and page each action belongs.
    let mut owners = Vec::new();
    for (index, record) in records.iter().enumerate() {
        if let Some(page) = page_of(&deps.pages, record).await.map_err(|error| (index, error))? {
            actions.push(page.action());
            owners.push((index, page.product_id, page.revision));
        }
    }
    if actions.is_empty() {
        return Ok(());
    }
    let outage = |error: IndexError| (0, RecordFailure::Outage(error.into()));
    for document in deps.index.write(&actions).await.map_err(outage)? {
        let Some((index, product_id, revision)) = owners.get(document.position) else { continue };
        // What the page says by now comes as a record of its own.
        let now = deps.pages.item(product_id).await.map_err(|error| (*index, error.into()))?;
        if now.is_none_or(|page| page.revision <= *revision) {
            return Err((*index, RecordFailure::Poison(document.into())));
        }
    }
    Ok(())
}

/// Other items of the table are no pages, and pages are never removed.
async fn page_of(pages: &Pages, record: &Record) -> Result<Option<ProductPage>, RecordFailure> {
    if !record.key("pk").is_some_and(|key| key.starts_with("product#")) {
        return Ok(None);
    }
    let Some(page) = record.new_image::<ProductPage>()? else { return Ok(None) };
    if record.at() + TRUSTED_FOR < Timestamp::now() {
        return Ok(pages.item(&page.product_id).await?);
    }
    Ok(Some(page))
}
