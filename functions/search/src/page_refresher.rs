//! `page-refresher`: brings a changed name to the pages that show it, some pages a message.

use futures_util::{StreamExt as _, TryStreamExt as _};
use souk_catalog::{Catalog, ProductsOf, ProductsPage};
use souk_domain::ids::ProductId;
use souk_dynamo::StoreError;
use souk_events::search::PageRefresh;
use souk_runtime::queue::{Failure, Message};
use souk_search::Pages;
use souk_wiring::{Call, FromEnvironment};

use crate::refreshes::Refreshes;

/// One message refreshes at most this many pages and sends another for the rest.
const PAGES_PER_MESSAGE: i32 = 200;
const AT_ONCE: usize = 16;

/// Where products are listed by category and seller, their pages, and the queue to go on.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    catalog: Catalog,
    pages: Pages,
    refreshes: Refreshes,
}

/// Refreshes some pages with the name as it is now.
///
/// # Errors
/// Where not all of them could be refreshed; the message comes back, repeating is safe.
pub async fn handle(deps: &Deps, message: Message<PageRefresh>, _: Call) -> Result<(), Failure> {
    match message.body {
        PageRefresh::Category { category_id, only_gaps, after } => {
            let path = deps.pages.tree().await?.path(&category_id);
            let listed = list(deps, ProductsOf::Category(category_id.clone()), after).await?;
            let path = &path;
            let refresh = |id| async move { deps.pages.refresh_category(&id, path, only_gaps).await };
            for_each(&listed, refresh).await?;
            go_on(deps, listed, |after| PageRefresh::Category { category_id, only_gaps, after }).await
        }
        PageRefresh::Seller { seller_id, after } => {
            let Some(name) = deps.pages.seller_name(&seller_id).await? else { return Ok(()) };
            let listed = list(deps, ProductsOf::Seller(seller_id.clone()), after).await?;
            let name = &name;
            for_each(&listed, |id| async move { deps.pages.refresh_seller(&id, name).await }).await?;
            go_on(deps, listed, |after| PageRefresh::Seller { seller_id, after }).await
        }
    }
}

async fn list(deps: &Deps, of: ProductsOf, after: Option<ProductId>) -> Result<ProductsPage, StoreError> {
    deps.catalog.products_of(&of, after.as_ref(), PAGES_PER_MESSAGE).await
}

async fn for_each<F, Fut>(listed: &ProductsPage, refresh: F) -> Result<(), StoreError>
where
    F: Fn(ProductId) -> Fut,
    Fut: Future<Output = Result<(), StoreError>>,
{
    let ids = listed.product_ids.clone();
    futures_util::stream::iter(ids.into_iter().map(refresh)).buffer_unordered(AT_ONCE).try_collect().await
}

async fn go_on(
    deps: &Deps,
    listed: ProductsPage,
    rest: impl FnOnce(Option<ProductId>) -> PageRefresh,
) -> Result<(), Failure> {
    match listed.next {
        Some(last) => deps.refreshes.send(&[rest(Some(last))]).await,
        None => Ok(()),
    }
}
