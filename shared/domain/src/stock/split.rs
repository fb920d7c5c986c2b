//! When a row is split, into how many, which of its splits a checkout asks, and how their units are shared out.
//!
//! A row that holds its holds pays for all of them at each write. Once it remembers many checkouts at a time its units
//! are shared out among splits, each of which is a row like any other; a warehouse's first row says how many there are.

use serde::{Deserialize, Serialize};

use super::{Split, StockRow};
use crate::ids::CheckoutId;

/// Of so many checkouts a row remembers something before it is split: some six write units a write.
pub const SPLIT_FROM: usize = 200;
/// So many entries the rows are to have on average, once there are enough of them.
const ENTRIES_A_SPLIT: usize = 50;
/// A hot row asks again each time that so many entries more have come.
const ASKS_EVERY: usize = 50;
/// The most splits that a warehouse has of a SKU.
pub const MAX_SPLITS: u16 = 128;
/// The fewest that are worth it.
const MIN_SPLITS: u16 = 4;
/// A warehouse's splits are merged once all its rows together remember no more than this.
pub const MERGE_BELOW: usize = 20;
/// A split with fewer units asks for some, where there are any.
const RUNS_LOW: u32 = 8;

/// How many splits a warehouse's first row has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Splits {
    /// There are so many; none is ever deleted, since what it remembers of times must not go.
    pub made: u16,
    /// Checkouts ask so many of them, from the first on.
    pub used: u16,
}

impl Splits {
    /// True where the row was never split.
    pub fn is_none(&self) -> bool {
        self.made == 0
    }

    /// All that there are.
    pub fn all(self) -> impl Iterator<Item = Split> {
        (1..=self.made).map(Split::number)
    }

    /// The two that a checkout asks, in this order; the same where there is one only. `None` where none is in use.
    pub fn asked_by(self, checkout_id: &CheckoutId) -> Option<(Split, Split)> {
        let used = u64::from(self.used);
        if used == 0 {
            return None;
        }
        // FNV-1a: the ids of carts' checkouts are digests, those of others random.
        let hash = checkout_id
            .as_str()
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        let first = hash % used;
        let second = match used {
            1 => first,
            _ => (first + 1 + (hash >> 32) % (used - 1)) % used,
        };
        let split = |place: u64| Split::number(u16::try_from(place + 1).unwrap_or(MAX_SPLITS));
        Some((split(first), split(second)))
    }
}

/// So many splits are to be in use, of a first row and the splits that it has: more where they remember much, none where
/// it is over. What is in between stays as it is.
pub fn wanted_splits(first: &StockRow, splits: &[StockRow]) -> u16 {
    let used = first.splits.used;
    let rows = || std::iter::once(first).chain(splits);
    let entries: usize = rows().map(|row| row.holds.len()).sum();
    if entries <= MERGE_BELOW {
        return 0;
    }
    if !rows().any(|row| row.holds.len() >= SPLIT_FROM) {
        return used;
    }
    let fitting = entries.div_ceil(ENTRIES_A_SPLIT).next_power_of_two();
    u16::try_from(fitting).unwrap_or(MAX_SPLITS).clamp(MIN_SPLITS, MAX_SPLITS).max(used)
}

/// Units that go from one row to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transfer {
    /// Out of this one.
    pub from: Split,
    /// Into this one.
    pub to: Split,
    /// So many; at least one.
    pub units: u32,
}

/// What evens out the units that can be sold: all to the first row where no split is in use; else each split in use gets
/// its share, and the first row keeps what is left over. Units go to whoever has less than half of their share, from those
/// who have more than theirs; smaller differences are not worth a write.
pub fn share_out(first: &StockRow, splits: &[StockRow]) -> Vec<Transfer> {
    let used = first.splits.used;
    let total: u32 = std::iter::once(first).chain(splits).fold(0, |sum, row| sum.saturating_add(row.available));
    let share = total.checked_div(used.into()).unwrap_or(0);
    let is_used = |row: &StockRow| !row.split.is_first() && row.split.get() <= used;
    let mut giving: Vec<(Split, u32)> = Vec::new();
    let mut taking: Vec<(Split, u32)> = Vec::new();
    for row in std::iter::once(first).chain(splits) {
        match row.available {
            // The remainder of a division stays where it is.
            left if !is_used(row) && (used > 0 && left > u32::from(used) || used == 0 && !row.split.is_first()) => {
                giving.push((row.split, left));
            }
            much if is_used(row) && much > share => giving.push((row.split, much - share)),
            few if is_used(row) && few < share.div_ceil(2) => taking.push((row.split, share - few)),
            _ => {}
        }
    }
    if used == 0 {
        taking.push((Split::FIRST, total));
    }
    transfers(giving, taking)
}

/// From those who have most to those who lack most.
fn transfers(mut giving: Vec<(Split, u32)>, mut taking: Vec<(Split, u32)>) -> Vec<Transfer> {
    giving.retain(|(_, units)| *units > 0);
    giving.sort_by_key(|(_, units)| *units);
    taking.sort_by_key(|(_, units)| *units);
    let mut found = Vec::new();
    while let (Some((from, has)), Some((to, lacks))) = (giving.last_mut(), taking.last_mut()) {
        let units = (*has).min(*lacks);
        found.push(Transfer { from: *from, to: *to, units });
        *has -= units;
        *lacks -= units;
        if *has == 0 {
            giving.pop();
        }
        if taking.last().is_some_and(|(_, lacks)| *lacks == 0) {
            taking.pop();
        }
    }
    found
}

impl StockRow {
    /// True where the row has become one that must be seen to at once, with this write: it remembers too much, or is a
    /// split whose units run low; or the first row of a split one got units.
    pub fn needs_sharing(&self, before: &Self) -> bool {
        let (now, then) = (self.holds.len(), before.holds.len());
        let has_grown = now >= SPLIT_FROM && now / ASKS_EVERY > then / ASKS_EVERY;
        let runs_low = !self.split.is_first() && self.available < RUNS_LOW && before.available >= RUNS_LOW;
        let has_got = self.splits.used > 0 && self.available > before.available;
        has_grown || runs_low || has_got
    }
}

#[cfg(test)]
mod tests;
