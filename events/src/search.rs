//! What search sends itself.

use serde::{Deserialize, Serialize};
use souk_domain::ids::{CategoryId, ProductId, SellerId};

/// A name has changed that product pages show. Each message concerns a bounded number of pages; `after`
/// is the last product of the message before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case", deny_unknown_fields)]
pub enum PageRefresh {
    /// The way to this category, on the pages of the products that stand right in it.
    Category {
        /// Which category.
        category_id: CategoryId,
        /// True where only pages are concerned that did not know the whole way.
        only_gaps: bool,
        /// Where to go on.
        #[serde(default)]
        after: Option<ProductId>,
    },
    /// This seller, on the pages of their products.
    Seller {
        /// Which seller.
        seller_id: SellerId,
        /// Where to go on.
        #[serde(default)]
        after: Option<ProductId>,
    },
}
