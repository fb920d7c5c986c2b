//! How this context's errors look to a client.

use souk_runtime::http::{Problem, problem::catalogue::SearchUnavailable};
use souk_search::{IndexError, QueryError};

pub(crate) fn query(error: QueryError) -> Problem {
    match error {
        QueryError::Cursor(error) => error.into(),
        QueryError::Index(error) => index(error),
    }
}

/// Also a refusal is no fault of the client's: what it sent has been checked before. While an index
/// is missing or being moved, trying again helps.
pub(crate) fn index(error: IndexError) -> Problem {
    Problem::new(SearchUnavailable, "Please try again in a moment.").with_header("retry-after", "2").caused_by(error)
}
