//! Lambda handlers of the search context: browsing and searching, and the projections behind them.
#![forbid(unsafe_code)]

pub mod browse_category;
pub mod facts_projector;
pub mod get_product_page;
#[cfg(test)]
mod index_limits;
pub mod list_categories;
pub mod page_projector;
pub mod page_refresher;
mod problems;
mod refreshes;
pub mod rename_progress;
pub mod renaming;
pub mod search_index_manager;
pub mod search_indexer;
pub mod search_products;
pub mod suggest;

souk_runtime::functions! {
    http "browse-category" => browse_category::handle,
    queue "facts-projector" => facts_projector::handle,
    http "get-product-page" => get_product_page::handle,
    http "list-categories" => list_categories::handle,
    stream "page-projector" => page_projector::handle,
    queue "page-refresher" => page_refresher::handle,
    task "rename-progress" => rename_progress::handle,
    task "search-index-manager" => search_index_manager::handle,
    stream "search-indexer" => search_indexer::handle,
    http "search-products" => search_products::handle,
    http "suggest" => suggest::handle,
}
