//! Searching: what can be asked, how it is asked of OpenSearch, what comes back.

mod answer;
mod body;
mod parameters;
mod run;
mod suggest;

pub use answer::{CategoryFacet, Facets, Hit, PriceFacet, RatingFacet, SearchAnswer};
pub use parameters::{SearchQuery, Sort};
pub use run::QueryError;
pub use suggest::Suggestion;
