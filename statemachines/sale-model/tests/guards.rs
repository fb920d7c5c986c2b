//! The model is kept honest: without any one of the guards that protect something, it breaks.

use souk_sale_model::{guards::Guard, removals::Role};

#[test]
fn without_any_one_guard_an_invariant_breaks() {
    let needed = Guard::ALL.iter().copied().filter(|guard| matches!(guard.role(), Role::Needed(_)));
    let unnoticed: Vec<_> = needed.filter(|guard| guard.removed().explore(None).violated.is_empty()).collect();
    assert_eq!(unnoticed, [], "the model does not notice that these are gone");
}

#[test]
fn the_guards_that_are_called_spare_are() {
    for &guard in Guard::ALL {
        if let Role::Spare(..) = guard.role() {
            let violated = guard.removed().explore(None).violated;
            assert!(violated.is_empty(), "{guard:?} is needed after all: {violated:?}");
        }
    }
}
