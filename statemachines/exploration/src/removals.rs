//! What is found once guards are gone, for each model's tests.

use crate::{Guard as _, Protocol, Role, explore};

/// The guards that protect something, as their roles say, and without which no invariant breaks.
pub fn unnoticed<P: Protocol>() -> Vec<P::Guard> {
    let protecting = P::Guard::ALL.iter().copied().filter(|guard| !matches!(P::role(*guard), Role::Spare(..)));
    protecting.filter(|guard| explore(&P::without(*guard), None, None).violated.is_empty()).collect()
}

/// The guards that are called spare, and without which an invariant breaks all the same: each with what happened.
pub fn needed_after_all<P: Protocol>() -> Vec<String> {
    let spare = P::Guard::ALL.iter().copied().filter(|guard| matches!(P::role(*guard), Role::Spare(..)));
    let violated = spare.map(|guard| (guard, explore(&P::without(guard), None, None).violated));
    let needed = violated.filter(|(_, violated)| !violated.is_empty());
    needed.map(|(guard, violated)| format!("{guard:?}: {violated:?}")).collect()
}
