//! Lambda handlers of the search context: browsing and searching, and the projections behind them.
#![forbid(unsafe_code)]

pub mod browse_category;
pub mod facts_projector;
pub mod get_product_page;
#[cfg(test)]
mod index_limits;
pub mod index_manager;
pub mod list_categories;
pub mod page_projector;
pub mod page_refresher;
mod problems;
mod refreshes;
pub mod search_indexer;
pub mod search_products;
pub mod suggest;
