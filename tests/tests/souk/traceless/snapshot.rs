//! What the stack keeps: each item of each table, and how much lies in each queue and has run in each state machine.

use std::collections::BTreeMap;

use crate::support::Stack;

/// Place by place, what is there; an item is told from another by its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot(BTreeMap<String, usize>);

impl Snapshot {
    pub async fn take(stack: &Stack) -> Self {
        let mut places = BTreeMap::new();
        for (place, content) in stack.kept().await {
            *places.entry(format!("{place}: {content}")).or_default() += 1;
        }
        Self(places)
    }

    /// What is there in one of them and not in the other.
    pub fn changes(&self, later: &Self) -> Vec<String> {
        let count = |of: &Self, place: &str| of.0.get(place).copied().unwrap_or_default();
        let places = self.0.keys().chain(later.0.keys());
        let mut changes: Vec<_> = places.filter(|place| count(self, place) != count(later, place)).cloned().collect();
        changes.sort();
        changes.dedup();
        changes
    }
}

/// Where a change was seen.
pub fn kind_of(change: &str) -> String {
    change.split(": ").next().unwrap_or_default().to_owned()
}

#[test]
fn what_comes_goes_or_changes_is_a_change() {
    let of = |items: &[&str]| Snapshot(items.iter().map(|item| ((*item).to_owned(), 1)).collect());
    let before = of(&["Orders: a 1", "Carts: b 1"]);
    assert_eq!(before.changes(&before), [""; 0]);
    assert_eq!(before.changes(&of(&["Orders: a 2", "Carts: b 1"])), ["Orders: a 1", "Orders: a 2"]);
    assert_eq!(before.changes(&of(&["Orders: a 1"])), ["Carts: b 1"]);
    assert_eq!(kind_of("Orders: a 1"), "Orders");
}
