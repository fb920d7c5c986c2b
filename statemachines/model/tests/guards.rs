//! The model is kept honest: without any one of the guards that protect something, it breaks.

use souk_exploration::{Guard as _, Protocol as _, Role, explore, needed_after_all, unnoticed};
use souk_saga_model::{
    Protocol,
    guards::{Guard, Guards},
    invariants::Invariant,
};

#[test]
fn without_any_one_guard_an_invariant_breaks() {
    assert_eq!(unnoticed::<Protocol>(), [], "the model does not notice that these are gone");
}

#[test]
fn without_its_fence_money_is_stranded_and_not_only_its_record() {
    for guard in [Guard::FenceFirst, Guard::FenceAbsent] {
        let mut protocol = Protocol::without(guard);
        protocol.invariants = vec![Invariant::I6MoneyAtRest, Invariant::I6MoneyFollowsOrders];
        assert_ne!(explore(&protocol, None, None).violated.len(), 0, "{guard:?} protects no money");
    }
}

#[test]
fn a_second_line_of_defence_holds_while_the_first_is_gone() {
    for &guard in Guard::ALL {
        if let Role::SecondLine(_, first, _) = Protocol::role(guard) {
            let mut protocol = Protocol::without(guard);
            protocol.guards = Guards::ALL.without(first);
            let violated = explore(&protocol, None, None).violated;
            assert!(violated.is_empty(), "{guard:?}: {violated:?} even with it");
        }
    }
}

#[test]
fn the_guards_that_are_called_spare_are() {
    let needed = needed_after_all::<Protocol>();
    assert!(needed.is_empty(), "these are needed after all: {needed:?}");
}
