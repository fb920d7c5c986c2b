//! The model is kept honest: without any one of the guards that protect something, it breaks.

use souk_checkout_model::Protocol;
use souk_exploration::{needed_after_all, unnoticed};

#[test]
fn without_any_one_guard_an_invariant_breaks() {
    assert_eq!(unnoticed::<Protocol>(), [], "the model does not notice that these are gone");
}

#[test]
fn the_guards_that_are_called_spare_are() {
    let needed = needed_after_all::<Protocol>();
    assert!(needed.is_empty(), "these are needed after all: {needed:?}");
}
