//! The model is kept honest: without any one of the guards that protect something, it breaks.

use souk_checkout_model::{Protocol, guards::Guard};
use souk_exploration::{Guard as _, Protocol as _, Role, explore};

#[test]
fn without_any_one_guard_an_invariant_breaks() {
    let needed = Guard::ALL.iter().copied().filter(|guard| matches!(Protocol::role(*guard), Role::Needed(_)));
    let unnoticed: Vec<_> =
        needed.filter(|guard| explore(&Protocol::without(*guard), None, None).violated.is_empty()).collect();
    assert_eq!(unnoticed, [], "the model does not notice that these are gone");
}

#[test]
fn the_guards_that_are_called_spare_are() {
    for &guard in Guard::ALL {
        if let Role::Spare(..) = Protocol::role(guard) {
            let violated = explore(&Protocol::without(guard), None, None).violated;
            assert!(violated.is_empty(), "{guard:?} is needed after all: {violated:?}");
        }
    }
}
