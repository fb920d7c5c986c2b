use jiff::Timestamp;

use super::{MAX_ENTRIES, Wish};
use crate::{
    ids::CheckoutId,
    stock::{Delta, Entry, Movement, MovementKind, StockRow},
};

/// One write of a row and of what it remembers, with the conditions under which it takes effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowWrite {
    /// What becomes of entries. Condition: each still is as it was.
    pub entries: Vec<EntryChange>,
    /// What is added to the row's numbers; `reserved` is what holds hold. Condition: nothing falls below zero.
    pub delta: Delta,
    /// Its name in the ledger.
    pub kind: MovementKind,
    /// When it was decided. Condition: after the row's floor.
    pub decided_at: Option<Timestamp>,
    /// What the floor becomes. Condition: it is no higher yet.
    pub floor: Option<Timestamp>,
    /// Condition: the row still has this version.
    pub version: Option<u64>,
    /// When it is written.
    pub at: Timestamp,
}

/// What becomes of what a row remembers of one checkout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryChange {
    /// Of which.
    pub checkout_id: CheckoutId,
    /// As it was; `None` where nothing was remembered.
    pub from: Option<Entry>,
    /// As it becomes.
    pub to: Option<Entry>,
}

impl RowWrite {
    pub(super) fn of(kind: MovementKind, delta: Delta, at: Timestamp) -> Self {
        Self { entries: Vec::new(), delta, kind, decided_at: None, floor: None, version: None, at }
    }

    fn of_one(checkout_id: &CheckoutId, from: Option<Entry>, to: Entry, rest: Self) -> Self {
        let change = EntryChange { checkout_id: checkout_id.clone(), from, to: Some(to) };
        Self { entries: vec![change], ..rest }
    }

    /// P2, as whoever has not read the row writes it: nothing is remembered, and there is enough.
    pub fn hold(wish: &Wish, now: Timestamp) -> Self {
        let delta = Delta { quantity: 0, reserved: i64::from(wish.units) };
        let rest = Self { decided_at: Some(wish.decided_at), ..Self::of(MovementKind::Reserved, delta, now) };
        Self::of_one(&wish.checkout_id, None, Entry::Held(wish.units), rest)
    }

    /// T2, as whoever believes to know the entry writes it.
    pub fn release(checkout_id: &CheckoutId, from: Option<Entry>, now: Timestamp) -> Self {
        let delta = Delta { quantity: 0, reserved: -i64::from(from.map_or(0, Entry::held)) };
        let rest = Self::of(MovementKind::Released, delta, now);
        Self::of_one(checkout_id, from, Entry::Released { at: now }, rest)
    }

    /// S4, as whoever believes to know how much is held writes it.
    pub fn sell(checkout_id: &CheckoutId, units: u32, now: Timestamp) -> Self {
        let delta = Delta { quantity: -i64::from(units), reserved: -i64::from(units) };
        let rest = Self::of(MovementKind::Committed, delta, now);
        Self::of_one(checkout_id, Some(Entry::Held(units)), Entry::Sold { units, at: now }, rest)
    }

    pub(super) fn take_back(checkout_id: &CheckoutId, from: Option<Entry>, units: u32, now: Timestamp) -> Self {
        let delta = Delta { quantity: i64::from(units), reserved: 0 };
        let rest = Self::of(MovementKind::Returned, delta, now);
        Self::of_one(checkout_id, from, Entry::Released { at: now }, rest)
    }

    /// True where it takes a new entry into the row.
    pub fn is_hold(&self) -> bool {
        self.decided_at.is_some()
    }

    /// How it stands in the ledger.
    pub fn movement(&self) -> Movement {
        let reference = match self.entries.as_slice() {
            [] => String::new(),
            [first, ..] => first.checkout_id.to_string(),
        };
        Movement { kind: self.kind, reference, reason: None, delta: self.delta, at: self.at }
    }

    /// The row after it; `None` where a condition refuses it.
    pub fn on(&self, row: &StockRow) -> Option<StockRow> {
        let entries_are_so = self.entries.iter().all(|change| row.holds.get(&change.checkout_id) == change.from);
        let is_seen = self.version.is_none_or(|version| version == row.version);
        let is_young = self.decided_at.is_none_or(|at| row.floor.is_none_or(|floor| floor < at));
        let rises = self.floor.is_none_or(|to| row.floor.is_none_or(|floor| floor <= to));
        let has_place = !self.is_hold() || row.holds.len() < MAX_ENTRIES;
        if !(entries_are_so && is_seen && is_young && rises && has_place && row.has_room_for(self.delta.quantity)) {
            return None;
        }
        let mut holds = row.holds.clone();
        for change in &self.entries {
            holds.put(&change.checkout_id, change.to);
        }
        let add = |number: u32, delta: i64| u32::try_from(i64::from(number) + delta).ok();
        Some(StockRow {
            quantity: add(row.quantity, self.delta.quantity)?,
            available: add(row.available, self.delta.available())?,
            holds,
            floor: self.floor.or(row.floor),
            version: row.version + 1,
            movement: self.movement(),
            ..row.clone()
        })
    }
}
