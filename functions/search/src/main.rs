//! The program of the search context: see `souk_runtime::functions`.

use souk_fn_search::{
    browse_category, facts_projector, get_product_page, index_manager, list_categories, page_projector, page_refresher,
    search_indexer, search_products, suggest,
};

souk_runtime::functions! {
    http "browse-category" => browse_category::handle,
    queue "facts-projector" => facts_projector::handle,
    http "get-product-page" => get_product_page::handle,
    http "list-categories" => list_categories::handle,
    stream "page-projector" => page_projector::handle,
    queue "page-refresher" => page_refresher::handle,
    task "search-index-manager" => index_manager::handle,
    stream "search-indexer" => search_indexer::handle,
    http "search-products" => search_products::handle,
    http "suggest" => suggest::handle,
}
