use serde::{Deserialize, Serialize};

use crate::document::Action;

/// How the index differs from what a page says of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Difference {
    /// It is not there.
    Missing,
    /// It is there as it was before.
    Stale,
    /// It should not be there.
    Surplus,
    /// It is newer than its page, which has been set back: no write of the page can reach it.
    Ahead,
}

/// Compares the version of a document that was found with what its page says; `None` where no page
/// speaks of it.
pub(super) fn difference(wanted: Option<&Action>, found: Option<u64>) -> Option<Difference> {
    match (wanted, found) {
        (Some(Action::Index { .. }), None) => Some(Difference::Missing),
        (Some(Action::Delete { .. }) | None, None) => None,
        (None, Some(_)) => Some(Difference::Surplus),
        (Some(action), Some(found)) if found > action.version() => Some(Difference::Ahead),
        (Some(Action::Delete { .. }), Some(_)) => Some(Difference::Surplus),
        (Some(Action::Index { version, .. }), Some(found)) => (found < *version).then_some(Difference::Stale),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_way_to_differ_has_its_name() {
        let index = Action::Index { product_id: "A".parse().unwrap(), version: 5, document: json!({}) };
        let delete = Action::Delete { product_id: "A".parse().unwrap(), version: 5 };
        for (wanted, found, expected) in [
            (Some(&index), None, Some(Difference::Missing)),
            (Some(&index), Some(4), Some(Difference::Stale)),
            (Some(&index), Some(5), None),
            (Some(&index), Some(6), Some(Difference::Ahead)),
            (Some(&delete), None, None),
            (Some(&delete), Some(4), Some(Difference::Surplus)),
            (Some(&delete), Some(5), Some(Difference::Surplus)),
            (Some(&delete), Some(6), Some(Difference::Ahead)),
            (None, None, None),
            (None, Some(1), Some(Difference::Surplus)),
        ] {
            assert_eq!(difference(wanted, found), expected, "{wanted:?} {found:?}");
        }
    }
}
