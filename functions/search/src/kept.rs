//! How long what shoppers browse is kept, and by whom.
//!
//! Three may keep an answer, one behind the other: the function's instance, the distribution, the browser. In the
//! worst case each takes the copy of the one behind it at its last moment, and shows it once more while it asks for a
//! new one. All of that together stays within five minutes (`tests/tests/souk/architecture/freshness.rs`). Only
//! while the shop does not answer, an older copy is shown instead of an error, for as long as `stale-if-error` says.

use std::time::Duration;

use crate::{list_categories, list_products, search_products, suggest};

/// How long the answer of one route may be kept.
#[derive(Debug, Clone, Copy)]
pub struct Kept {
    /// Its path, as the templates write it.
    pub path: &'static str,
    /// The longest that its `Cache-Control` allows.
    pub cache_control: &'static str,
    /// How long a warm instance answers from memory.
    pub in_memory: Duration,
}

/// A product's page. Its copy in memory is for bursts that the caches in front let through, not to save every read.
pub const PRODUCT_PAGE: Kept = Kept {
    path: "/products/{product_id}",
    cache_control: "public, max-age=60, s-maxage=180, stale-while-revalidate=20, stale-if-error=600",
    in_memory: Duration::from_secs(10),
};

/// All that shoppers browse without a token.
pub const ALL: [Kept; 9] = [
    PRODUCT_PAGE,
    from_the_store("/products/{product_id}/related", PRODUCT_PAGE.cache_control),
    from_the_store("/products", list_products::CACHE_CONTROL),
    from_the_store("/categories", list_categories::CACHE_CONTROL),
    from_the_store("/categories/{category_id}", list_categories::CACHE_CONTROL),
    from_the_store("/collections", list_categories::CACHE_CONTROL),
    from_the_store("/collections/{collection_id}", list_products::CACHE_CONTROL),
    from_the_store("/search", search_products::CACHE_CONTROL),
    from_the_store("/search/suggestions", suggest::CACHE_CONTROL),
];

const fn from_the_store(path: &'static str, cache_control: &'static str) -> Kept {
    Kept { path, cache_control, in_memory: Duration::ZERO }
}
