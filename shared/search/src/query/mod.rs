//! Searching: what can be asked, how it is asked of OpenSearch, what comes back.

mod answer;
mod body;
mod clauses;
mod cursor;
mod divided;
mod facets;
mod filters;
mod parameters;
mod plan;
mod run;
mod suggest;
mod synonyms;
mod words;

pub use answer::{CorrectedWord, Hit, SearchAnswer};
pub use cursor::CursorKey;
pub use divided::{
    AttributeFacet, AttributeValue, CategoryFacet, CollectionFacet, Facets, NumberFacet, PriceFacet, RatingFacet,
    SellerFacet, ValueFacet,
};
pub use parameters::{AttributeFilter, AttributeFilterError, RangeFilter, RangeFilterError, SearchQuery, Sort};
pub use run::{QueryError, Search};
pub use suggest::{SuggestedCategory, Suggester, Suggestion, Suggestions};
pub use synonyms::{LineProblem, STANDARD, Synonyms, problems};
pub(crate) use words::code_key;
