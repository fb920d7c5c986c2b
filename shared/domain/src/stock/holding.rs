//! What a checkout, its order and time do to a row that holds its holds: judgements of the row as it stands.
//!
//! A judgement either says how things are, or names one write of the row, under conditions that the write itself
//! carries: whoever writes it without having read the row learns from the refusal how the row stands, and judges
//! again. The letters are those of the order protocol's steps.

mod write;

use jiff::{SignedDuration, Timestamp};

pub use write::{EntryChange, RowWrite};

use super::{Delta, Entry, MAX_UNITS, MovementKind, StockRow};
use crate::ids::CheckoutId;

/// Of so many checkouts a row remembers something at the most: its item must not grow without end.
pub const MAX_ENTRIES: usize = 2_000;

/// How much younger than the newest mark that is collected a hold must be: the clocks' difference, and the longest
/// time from taking a decision's time to its write's effect, repetitions included.
pub const FLOOR_MARGIN: SignedDuration = SignedDuration::from_secs(40);

/// So old a mark must be before it is collected. It exceeds the margin, or the floor would lie in the future and
/// refuse everybody.
pub const COLLECT_AFTER: SignedDuration = SignedDuration::from_secs(60);

/// So many marks are worth a write of the row: it takes a kilobyte at the least, which holds some thirty entries.
pub const COLLECT_FROM: usize = 8;

/// Units of one row that a checkout wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// Whose hold it is.
    pub checkout_id: CheckoutId,
    /// How many units.
    pub units: u32,
    /// The time that was taken before the read that justifies the hold.
    pub decided_at: Timestamp,
}

/// What a judgement of a row comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judged<O> {
    /// Nothing is to be written: this is how things are.
    Settled(O),
    /// This is to be written; then this is how things are.
    Write(RowWrite, O),
}

/// How holding units ended (steps P2, P4 and S1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Holding {
    /// So many units are held, now or before.
    Held(u32),
    /// There is a mark: the checkout is over.
    Marked,
    /// The hold was decided before the row's floor: read again, with a new time.
    BelowFloor,
    /// There are too few.
    TooFew {
        /// So many.
        available: u32,
    },
    /// Nothing can be taken over any more: hold as anybody does.
    NotHeld,
    /// The row remembers too many checkouts.
    Full,
}

/// How selling ended (step S4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Selling {
    /// So many units have left, now or before.
    Sold(u32),
    /// Nothing is remembered: it was settled before.
    Forgotten,
    /// They were released: the order must be cancelled.
    Released,
}

/// How giving back ended (step F3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum GivingBack {
    /// Nothing is held, and nothing may be.
    Back,
    /// The row remembers nothing of an order that was confirmed: what had left comes back with the order's own record.
    Forgotten,
}

impl StockRow {
    /// P2, S1: all units of the wish, or none.
    pub fn hold(&self, wish: &Wish, now: Timestamp) -> Judged<Holding> {
        match self.refuses(wish) {
            Some(refused) => Judged::Settled(refused),
            None if self.available < wish.units => Judged::Settled(Holding::TooFew { available: self.available }),
            None => Judged::Write(RowWrite::hold(wish, now), Holding::Held(wish.units)),
        }
    }

    /// P2, where another row of the line is left: what there is, also nothing, while the row still is as it was seen.
    /// Whoever comes late finds how many they were.
    pub fn pass(&self, wish: &Wish, now: Timestamp) -> Judged<Holding> {
        if let Some(refused) = self.refuses(wish) {
            return Judged::Settled(refused);
        }
        let units = wish.units.min(self.available);
        let part = Wish { units, ..wish.clone() };
        Judged::Write(RowWrite { version: Some(self.version), ..RowWrite::hold(&part, now) }, Holding::Held(units))
    }

    /// P2 of one row of a line: all that is wanted of it; where there are too few and another row `is_left`, what there is.
    pub fn hold_or_pass(&self, wish: &Wish, is_left: bool, now: Timestamp) -> Judged<Holding> {
        match self.hold(wish, now) {
            Judged::Settled(Holding::TooFew { .. }) if is_left => self.pass(wish, now),
            judged => judged,
        }
    }

    /// P4: the units of the shopper's own older checkout, which is closed, in one write with the hold. Where that is
    /// too little and another row of the line is left, what there is.
    pub fn take_over(&self, wish: &Wish, older: &CheckoutId, is_last: bool, now: Timestamp) -> Judged<Holding> {
        if let Some(refused) = self.refuses(wish) {
            return Judged::Settled(refused);
        }
        let Some(Entry::Held(held)) = self.holds.get(older) else { return Judged::Settled(Holding::NotHeld) };
        let can_have = self.available.saturating_add(held);
        if can_have < wish.units && is_last {
            return Judged::Settled(Holding::NotHeld);
        }
        let part = Wish { units: wish.units.min(can_have), ..wish.clone() };
        let mut write = RowWrite::hold(&part, now);
        write.delta.reserved -= i64::from(held);
        write.version = (part.units < wish.units).then_some(self.version);
        write.entries.push(EntryChange {
            checkout_id: older.clone(),
            from: Some(Entry::Held(held)),
            to: Some(Entry::Released { at: now }),
        });
        Judged::Write(write, Holding::Held(part.units))
    }

    /// Why a wish is not even weighed.
    fn refuses(&self, wish: &Wish) -> Option<Holding> {
        match self.holds.get(&wish.checkout_id) {
            Some(Entry::Held(units)) => return Some(Holding::Held(units)),
            Some(Entry::Sold { .. } | Entry::Released { .. }) => return Some(Holding::Marked),
            None => {}
        }
        if self.floor.is_some_and(|floor| floor >= wish.decided_at) {
            return Some(Holding::BelowFloor);
        }
        (self.holds.len() >= MAX_ENTRIES).then_some(Holding::Full)
    }

    /// T2: what is held goes back, and a mark stays, also where nothing was held. Only for a checkout that was read
    /// closed.
    pub fn release(&self, checkout_id: &CheckoutId, now: Timestamp) -> Judged<()> {
        match self.holds.get(checkout_id) {
            Some(Entry::Sold { .. } | Entry::Released { .. }) => Judged::Settled(()),
            from @ (Some(Entry::Held(_)) | None) => Judged::Write(RowWrite::release(checkout_id, from, now), ()),
        }
    }

    /// S4: what is held leaves, and a mark says how much. Only for an order that is confirmed.
    pub fn sell(&self, checkout_id: &CheckoutId, now: Timestamp) -> Judged<Selling> {
        match self.holds.get(checkout_id) {
            Some(Entry::Held(units)) => Judged::Write(RowWrite::sell(checkout_id, units, now), Selling::Sold(units)),
            Some(Entry::Sold { units, .. }) => Judged::Settled(Selling::Sold(units)),
            Some(Entry::Released { .. }) => Judged::Settled(Selling::Released),
            None => Judged::Settled(Selling::Forgotten),
        }
    }

    /// F3: what is held, or has left, goes back, without the units that were `missing` when they were to be picked.
    /// Only for an order that was read cancelled; `was_confirmed` says whether it ever was.
    pub fn give_back(
        &self,
        checkout_id: &CheckoutId,
        was_confirmed: bool,
        missing: u32,
        now: Timestamp,
    ) -> Judged<GivingBack> {
        match self.holds.get(checkout_id) {
            Some(Entry::Released { .. }) => Judged::Settled(GivingBack::Back),
            None if was_confirmed => Judged::Settled(GivingBack::Forgotten),
            from @ (Some(Entry::Held(_)) | None) => {
                Judged::Write(RowWrite::release(checkout_id, from, now), GivingBack::Back)
            }
            from @ Some(Entry::Sold { units, .. }) => {
                let back = units.saturating_sub(missing);
                Judged::Write(RowWrite::take_back(checkout_id, from, back, now), GivingBack::Back)
            }
        }
    }

    /// True where the row has marks for another collection than it had `before`, at the end of any of its writes: each of so
    /// many marks that come asks once, whatever goes in between.
    pub fn has_grown_marks(&self, before: &Self) -> bool {
        self.holds.marks() / COLLECT_FROM > before.holds.marks() / COLLECT_FROM
    }

    /// Collect: these marks go, where they are still the same, and from then on no hold is taken that was decided
    /// before the newest of them, by [`FLOOR_MARGIN`]. `None` where none of them is left.
    pub fn collect(&self, marks: &[(CheckoutId, Entry)], now: Timestamp) -> Option<RowWrite> {
        let same = |(checkout_id, entry): &&(CheckoutId, Entry)| {
            entry.marked_at().is_some() && self.holds.get(checkout_id) == Some(*entry)
        };
        let left: Vec<_> = marks.iter().filter(same).collect();
        let newest = left.iter().filter_map(|(_, entry)| entry.marked_at()).max()?;
        let floor = self.floor.map_or(newest + FLOOR_MARGIN, |floor| floor.max(newest + FLOOR_MARGIN));
        let going = |(checkout_id, entry): &(CheckoutId, Entry)| EntryChange {
            checkout_id: checkout_id.clone(),
            from: Some(*entry),
            to: None,
        };
        Some(RowWrite {
            entries: left.into_iter().map(going).collect(),
            floor: Some(floor),
            ..RowWrite::of(MovementKind::Collected, Delta::default(), now)
        })
    }

    /// True where so many more units find room.
    pub(super) fn has_room_for(&self, units: i64) -> bool {
        i64::from(self.quantity) + units <= i64::from(MAX_UNITS)
    }
}

#[cfg(test)]
mod tests;
