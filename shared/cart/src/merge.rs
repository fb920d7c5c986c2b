use souk_domain::{ids::Sku, order::MAX_LINES};

use crate::{Cart, CartLine};

/// How merging a guest's cart into a user's ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum MergeOutcome {
    /// The user's cart has everything now; the guest's is empty.
    Merged(Cart),
    /// The user's cart is full: these lines stayed in the guest's.
    Full(Cart, Vec<Sku>),
    /// Others kept changing the carts: nothing happened, try again.
    Busy,
}

/// Both carts merged, and the guest's cart afterwards.
///
/// The strategy is "larger quantity": of a SKU in both, the line with more units stays, the user's
/// where they are equal. Unlike a sum it gives the same cart however often it is done. The user's own
/// lines come first; guest lines that find no place stay with the guest.
pub fn merged(user: &Cart, guest: &Cart) -> (Cart, Cart) {
    let (mut to, mut left) = (user.next(), guest.next());
    left.lines.clear();
    let mut changed = false;
    for (sku, line) in &guest.lines {
        let wins = to.lines.get(sku).is_none_or(|present| present.quantity < line.quantity);
        if !wins {
            continue;
        }
        if to.lines.contains_key(sku) || to.lines.len() < MAX_LINES {
            to.lines.insert(sku.clone(), CartLine { since: to.version, ..line.clone() });
            changed = true;
        } else {
            left.lines.insert(sku.clone(), line.clone());
        }
    }
    let to = if changed { to } else { user.clone() };
    let left = if left.lines.len() == guest.lines.len() { guest.clone() } else { left };
    (to, left)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cart::tests::{cart, sku, units};

    #[test]
    fn of_a_sku_in_both_the_larger_quantity_stays() {
        let (user, guest) = (cart(&[("a", 1), ("b", 5)]), cart(&[("a", 3), ("b", 2), ("c", 1)]));
        let (to, left) = merged(&user, &guest);
        let lines: Vec<_> = to.lines.iter().map(|(s, line)| (s.as_str(), line.quantity.get())).collect();
        assert_eq!(lines, [("a", 3), ("b", 5), ("c", 1)]);
        assert!(left.lines.is_empty());
        assert_eq!(merged(&to, &left), (to.clone(), left.clone()));
        // A repeat that still sees the guest's full cart changes nothing either.
        assert_eq!(merged(&to, &guest).0, to);
    }

    #[test]
    fn what_finds_no_place_stays_with_the_guest() {
        let full = (0..MAX_LINES).fold(cart(&[]), |c, i| c.put(&sku(&format!("s{i}")), units(1), None).unwrap());
        let (to, left) = merged(&full, &cart(&[("s0", 2), ("z", 1)]));
        assert_eq!(to.lines[&sku("s0")].quantity, units(2));
        assert_eq!(left.lines.keys().collect::<Vec<_>>(), [&sku("z")]);
    }

    proptest! {
        #[test]
        fn merging_twice_is_merging_once_and_loses_no_sku(
            user in proptest::collection::btree_map(0..70_u8, 1..9_u32, 0..50),
            guest in proptest::collection::btree_map(0..70_u8, 1..9_u32, 0..50),
        ) {
            let fill = |lines: std::collections::BTreeMap<u8, u32>| {
                lines.iter().fold(cart(&[]), |c, (s, n)| c.put(&sku(&format!("s{s}")), units(*n), None).unwrap())
            };
            let (user, guest) = (fill(user), fill(guest));
            let (to, left) = merged(&user, &guest);
            prop_assert!(to.lines.len() <= MAX_LINES);
            for (s, line) in user.lines.iter().chain(&guest.lines) {
                let kept = to.lines.get(s).or_else(|| left.lines.get(s));
                prop_assert!(kept.is_some_and(|kept| kept.quantity >= line.quantity));
            }
            prop_assert_eq!(merged(&to, &left), (to, left));
        }
    }
}
