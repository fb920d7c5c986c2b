//! Lambda handlers of the search context: browsing and searching, and the projections behind them.
#![forbid(unsafe_code)]

pub mod browse_category;
pub mod browse_collection;
pub mod count_companions;
pub mod facts_projector;
pub mod get_product_page;
pub mod get_related;
pub mod get_synonyms;
#[cfg(test)]
mod index_limits;
pub mod kept;
pub mod list_categories;
pub mod list_collections;
pub mod list_products;
pub mod page_projector;
pub mod page_refresher;
mod problems;
pub mod put_synonyms;
mod refreshes;
pub mod rename_progress;
pub mod renaming;
pub mod search_index_manager;
pub mod search_indexer;
pub mod search_products;
pub mod suggest;

souk_runtime::functions! {
    http "browse-category" => browse_category::handle,
    http "browse-collection" => browse_collection::handle,
    queue "count-companions" => count_companions::handle,
    queue "facts-projector" => facts_projector::handle,
    http "get-product-page" => get_product_page::handle,
    http "get-related" => get_related::handle,
    http "get-synonyms" => get_synonyms::handle,
    http "list-categories" => list_categories::handle,
    http "list-collections" => list_collections::handle,
    http "list-products" => list_products::handle,
    stream "page-projector" => page_projector::handle,
    queue "page-refresher" => page_refresher::handle,
    http "put-synonyms" => put_synonyms::handle,
    task "rename-progress" => rename_progress::handle,
    task "search-index-manager" => search_index_manager::handle,
    stream "search-indexer" => search_indexer::handle,
    http "search-products" => search_products::handle,
    http "suggest" => suggest::handle,
}
