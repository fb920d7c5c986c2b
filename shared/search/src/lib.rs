//! Browsing: product pages (the read model), search documents, queries.
//!
//! The `product-pages` table holds one item per product with everything that its page shows, one per
//! SKU with the facts that other contexts publish of it, one per seller, one per category and one per collection. Whoever
//! writes one of these first writes their own item and then reads the others that belong to it; so of two writers at once at least one sees the other's, and nothing is lost. Every
//! write is guarded by its source's version, so late and repeated records change nothing.
//!
//! Each write of a page raises its `revision`, which is the version of its search documents.
#![forbid(unsafe_code)]

mod companions;
mod document;
mod index;
mod keeper;
mod page;
mod query;
mod synonyms;

pub use companions::Companions;
pub use document::Action;
pub use index::{IndexError, QUERY_WITHIN, RefusedDocument, SearchIndex, WITHIN, definition, fingerprint};
pub use keeper::{ComparisonReport, Counts, Keeper, KeeperError, PARTS_MAX, PartReport, ReindexReport};
pub use page::{
    AttributeRule, AttributeRules, Availability, AvailabilityFact, CardVariant, CardView, CategoryName, CategoryPath,
    CategoryTree, CollectionName, CollectionNode, Dimensions, GONE_FOR, Image, ImageSource, ImageView, Looked,
    PRODUCTS_A_PART, PageProduct, PageView, Pages, PriceFact, ProductPage, Rating, RenameReport, RenameState, Segment,
    SellerName, TreeView, Variant,
};
pub use query::{
    AttributeFacet, AttributeFilter, AttributeFilterError, AttributeValue, CategoryFacet, CollectionFacet,
    CorrectedWord, CursorKey, Facets, Hit, LineProblem, NumberFacet, PriceFacet, QueryError, RangeFilter,
    RangeFilterError, RatingFacet, Search, SearchAnswer, SearchQuery, SellerFacet, Sort, SuggestedCategory, Suggester,
    Suggestion, Suggestions, Synonyms, ValueFacet,
};
pub use synonyms::{CurrentSynonyms, PutSynonyms, PutSynonymsError, SynonymFile, SynonymLines};
