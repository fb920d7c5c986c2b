use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use souk_domain::{ids::Sku, money::Money, order::MAX_LINES, quantity::Quantity};

/// What somebody means to buy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cart {
    /// Rises with every change, and never repeats, not even after the cart has expired: an order
    /// consumes a version of a cart, once.
    pub version: u64,
    /// The lines, by SKU.
    pub lines: BTreeMap<Sku, CartLine>,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartLine {
    /// How many units.
    pub quantity: Quantity,
    /// The price that the shopper saw when the line was put in: a checkout tells what has changed since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_price: Option<Money>,
    /// The cart's version that put the line in or changed it last.
    pub since: u64,
}

/// A cart has at most [`MAX_LINES`] lines: an order has no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a cart has at most {MAX_LINES} lines")]
pub struct TooManyLines;

impl Cart {
    /// A cart that was never filled, or whose item has expired. Its first version follows from the
    /// clock: a cart that expired 90 days after its last change had fewer versions than seconds.
    pub fn empty(now: Timestamp) -> Self {
        Self { version: u64::try_from(now.as_second()).unwrap_or(0), lines: BTreeMap::new() }
    }

    /// The cart with this many units of a SKU; the same cart where it has them already.
    ///
    /// # Errors
    /// [`TooManyLines`].
    pub fn put(&self, sku: &Sku, quantity: Quantity, seen_price: Option<Money>) -> Result<Self, TooManyLines> {
        let same = |line: &CartLine| line.quantity == quantity && line.seen_price == seen_price;
        if self.lines.get(sku).is_some_and(same) {
            return Ok(self.clone());
        }
        let mut next = self.next();
        next.lines.insert(sku.clone(), CartLine { quantity, seen_price, since: next.version });
        if next.lines.len() > MAX_LINES { Err(TooManyLines) } else { Ok(next) }
    }

    /// The cart without a SKU; the same cart where it has none.
    #[must_use]
    pub fn without(&self, sku: &Sku) -> Self {
        self.without_lines(|line_sku, _| line_sku == sku)
    }

    /// The cart after an order of its version `ordered_version` took these SKUs. Lines that were put
    /// in or changed since stay: they were not ordered. Repeating it changes nothing.
    #[must_use]
    pub fn without_ordered<'a>(&self, ordered_version: u64, skus: impl IntoIterator<Item = &'a Sku>) -> Self {
        let ordered: Vec<_> = skus.into_iter().collect();
        self.without_lines(|sku, line| line.since <= ordered_version && ordered.contains(&sku))
    }

    fn without_lines(&self, leaves: impl Fn(&Sku, &CartLine) -> bool) -> Self {
        let mut next = self.next();
        next.lines.retain(|sku, line| !leaves(sku, line));
        if next.lines.len() == self.lines.len() { self.clone() } else { next }
    }

    /// The same content as the next version.
    pub(crate) fn next(&self) -> Self {
        Self { version: self.version + 1, lines: self.lines.clone() }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn sku(text: &str) -> Sku {
        text.parse().unwrap()
    }

    pub(crate) fn units(n: u32) -> Quantity {
        Quantity::new(n).unwrap()
    }

    pub(crate) fn cart(lines: &[(&str, u32)]) -> Cart {
        let empty = Cart { version: 0, lines: BTreeMap::new() };
        lines.iter().fold(empty, |cart, (s, n)| cart.put(&sku(s), units(*n), None).unwrap())
    }

    #[test]
    fn a_change_is_a_new_version_and_no_change_is_none() {
        let filled = cart(&[("a", 1)]);
        assert_eq!(filled.version, 1);
        assert_eq!(filled.put(&sku("a"), units(1), None).unwrap(), filled);
        assert_eq!(filled.without(&sku("b")), filled);
        assert_eq!(filled.put(&sku("a"), units(2), None).unwrap().version, 2);
        assert_eq!(filled.without(&sku("a")).version, 2);
    }

    #[test]
    fn the_last_place_can_be_changed_but_no_line_added() {
        let full = (0..MAX_LINES).fold(cart(&[]), |c, i| c.put(&sku(&format!("s{i}")), units(1), None).unwrap());
        assert_eq!(full.put(&sku("more"), units(1), None), Err(TooManyLines));
        assert!(full.put(&sku("s0"), units(9), None).is_ok());
    }

    #[test]
    fn an_order_takes_its_lines_once_and_leaves_what_came_later() {
        let ordered = cart(&[("a", 1), ("b", 1)]);
        let since = ordered.put(&sku("b"), units(5), None).unwrap().put(&sku("c"), units(1), None).unwrap();
        let skus = [sku("a"), sku("b")];
        let left = since.without_ordered(ordered.version, &skus);
        assert_eq!(left.lines.keys().map(Sku::as_str).collect::<Vec<_>>(), ["b", "c"]);
        assert_eq!(left.without_ordered(ordered.version, &skus), left);
        let refilled = left.put(&sku("a"), units(1), None).unwrap();
        assert_eq!(refilled.without_ordered(ordered.version, &skus), refilled);
    }

    #[test]
    fn a_cart_that_begins_anew_repeats_no_version() {
        let first = Cart::empty(Timestamp::from_second(1_700_000_000).unwrap());
        let changed = (1..1000).fold(first, |c, n| c.put(&sku("a"), units(n % 999 + 1), None).unwrap());
        let anew = Cart::empty(Timestamp::from_second(1_700_000_000 + 90 * 86_400).unwrap());
        assert!(anew.version > changed.version);
    }
}
