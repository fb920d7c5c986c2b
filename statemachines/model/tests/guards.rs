//! The model is kept honest: without any one of the guards that protect something, it breaks.

use souk_saga_model::{
    guards::{Guard, Guards},
    properties::Invariant,
    removals::Role,
};

#[test]
fn without_any_one_guard_an_invariant_breaks() {
    let needed = Guard::ALL.iter().copied().filter(|guard| !matches!(guard.role(), Role::Spare(_)));
    let unnoticed: Vec<_> = needed.filter(|guard| guard.removed().explore(None).violated.is_empty()).collect();
    assert_eq!(unnoticed, [], "the model does not notice that these are gone");
}

#[test]
fn without_its_fence_money_is_stranded_and_not_only_its_record() {
    for guard in [Guard::FenceFirst, Guard::FenceAbsent] {
        let mut protocol = guard.removed();
        protocol.invariants = vec![Invariant::I6MoneyAtRest, Invariant::I6MoneyFollowsOrders];
        assert_ne!(protocol.explore(None).violated.len(), 0, "{guard:?} protects no money");
    }
}

#[test]
fn a_second_line_of_defence_holds_while_the_first_is_gone() {
    for &guard in Guard::ALL {
        if let Role::SecondLine(_, first, _) = guard.role() {
            let mut protocol = guard.removed();
            protocol.guards = Guards::ALL.without(first);
            let violated = protocol.explore(None).violated;
            assert!(violated.is_empty(), "{guard:?}: {violated:?} even with it");
        }
    }
}

#[test]
fn the_guards_that_are_called_spare_are() {
    for &guard in Guard::ALL {
        if let Role::Spare(_) = guard.role() {
            let violated = guard.removed().explore(None).violated;
            assert!(violated.is_empty(), "{guard:?} is needed after all: {violated:?}");
        }
    }
}
