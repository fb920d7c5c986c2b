//! The model is of this code: it judges rows as the domain does.

use jiff::{SignedDuration, Timestamp};
use souk_domain::{
    ids::CheckoutId,
    stock::{self, GivingBack, Holding, Judged, Movement, MovementKind, RowWrite, Selling, StockRow, Wish},
};
use souk_exploration::Protocol as _;
use stateright::Model;
use uuid::Uuid;

use super::*;
use crate::{
    Protocol,
    bounds::Bounds,
    state::{Checkout, Order},
};

fn at(second: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second)
}

const FLOOR: i64 = 100;
const NOW: i64 = 1_000;

fn checkout(lane: usize) -> CheckoutId {
    CheckoutId::from_uuid(Uuid::from_u128(lane as u128 + 1))
}

/// What the domain's row remembers, but for the times of marks.
fn models_entry(entry: Option<stock::Entry>) -> Entry {
    match entry {
        None => Entry::Absent,
        Some(stock::Entry::Held(units)) => Entry::Held(units as u8),
        Some(stock::Entry::Sold { units, .. }) => Entry::Sold(units as u8),
        Some(stock::Entry::Released { .. }) => Entry::Released,
    }
}

/// A row of the domain that was brought to these entries by its own steps.
fn domains(entries: [Entry; 2], available: u8) -> StockRow {
    let movement = Movement {
        kind: MovementKind::Set,
        reference: String::new(),
        reason: None,
        delta: stock::Delta::default(),
        at: at(0),
    };
    let units = |entry: Entry| match entry {
        Entry::Held(units) | Entry::Sold(units) => u32::from(units),
        Entry::Absent | Entry::Released => 0,
    };
    let all = u32::from(available) + entries.into_iter().map(units).sum::<u32>();
    let mut row = StockRow {
        sku: "s".parse().unwrap(),
        warehouse_id: "w".parse().unwrap(),
        split: stock::Split::FIRST,
        splits: stock::Splits::default(),
        quantity: all,
        reserved_quantity: 0,
        available: all,
        holds: stock::Holds::default(),
        floor: None,
        place: None,
        counted: 0,
        moved: 0,
        version: 1,
        movement,
    };
    for (lane, entry) in entries.into_iter().enumerate() {
        let id = checkout(lane);
        let write = |row: &StockRow, write: RowWrite| write.on(row).unwrap();
        if units(entry) > 0 || matches!(entry, Entry::Held(_) | Entry::Sold(_)) {
            let wish = Wish { checkout_id: id.clone(), units: units(entry), decided_at: at(1) };
            row = write(&row, RowWrite::hold(&wish, at(1)));
        }
        match entry {
            Entry::Sold(units) => row = write(&row, RowWrite::sell(&id, units.into(), at(2))),
            Entry::Released => row = write(&row, RowWrite::release(&id, None, at(2))),
            Entry::Absent | Entry::Held(_) => {}
        }
    }
    row.floor = Some(at(FLOOR));
    assert_eq!(row.available, u32::from(available));
    row
}

/// What is left of a row, and whether anything was written.
type Left = ([Entry; 2], i8, i8);

fn domains_left(row: &StockRow) -> Left {
    let entries = [0, 1].map(|lane| models_entry(row.holds.get(&checkout(lane))));
    (entries, row.quantity as i8, row.available as i8)
}

fn judged<O>(row: &StockRow, judged: Judged<O>) -> (Left, O) {
    match judged {
        Judged::Settled(outcome) => (domains_left(row), outcome),
        Judged::Write(write, outcome) => (domains_left(&write.on(row).expect("it can be written")), outcome),
    }
}

/// What the model's step leaves, where this lane's run asks its row.
fn modelled<O>(
    row: &StockRow,
    (lane, bounds, at_row): (usize, Bounds, usize),
    below_floor: bool,
    step: impl FnOnce(&mut Step<'_>) -> O,
) -> (Left, O) {
    let protocol = Protocol::whole(bounds);
    let mut state = protocol.init_states()[0];
    let (entries, quantity, available) = domains_left(row);
    let found = &mut state.rows[at_row];
    (found.entries, found.quantity, found.available) = (entries, quantity, available);
    state.lanes.iter_mut().for_each(|lane| lane.checkout = Checkout::Open);
    state.lanes[lane].sold[at_row] = 9;
    state.lanes[lane].runs[0].row = at_row as u8;
    state.lanes[lane].runs[0].below_floor = if below_floor { 1 << at_row } else { 0 };
    let outcome = step(&mut Step { protocol: &protocol, state: &mut state, lane, slot: 0 });
    let left = &state.rows[at_row];
    ((left.entries, left.quantity, left.available), outcome)
}

const ENTRIES: [Entry; 6] =
    [Entry::Absent, Entry::Held(0), Entry::Held(1), Entry::Held(2), Entry::Sold(1), Entry::Released];

/// Each pair of entries, with 0 to 3 units on the shelf.
fn every_row() -> impl Iterator<Item = ([Entry; 2], StockRow)> {
    let pairs = ENTRIES.into_iter().flat_map(|own| ENTRIES.into_iter().map(move |other| [own, other]));
    pairs.flat_map(|entries| (0..4).map(move |available| (entries, domains(entries, available))))
}

const SPREAD: Bounds = Bounds { plans: &[Plan::Spread(2), Plan::Spread(2)], units: [3, 3], ..Bounds::TWO_SHOPPERS };

fn wish(lane: usize, below_floor: bool) -> Wish {
    let decided_at = at(if below_floor { FLOOR } else { FLOOR + 1 });
    Wish { checkout_id: checkout(lane), units: 2, decided_at }
}

#[test]
fn the_model_holds_units_as_the_domain_does() {
    for (entries, row) in every_row() {
        for (at_row, below_floor) in [(0, false), (0, true), (1, false), (1, true)] {
            let domain = judged(&row, row.hold_or_pass(&wish(0, below_floor), at_row == 0, at(NOW)));
            let model = modelled(&row, (0, SPREAD, at_row), below_floor, |step| {
                match step.hold_in(at_row, Guard::HoldFloor, Guard::HoldNoMark) {
                    Hold::Held(units) => Holding::Held(units.into()),
                    Hold::Marked => Holding::Marked,
                    Hold::BelowFloor => Holding::BelowFloor,
                    Hold::TooFew(_) => Holding::TooFew { available: row.available },
                }
            });
            assert_eq!(domain, model, "{entries:?}, {} available, {below_floor}", row.available);
        }
    }
}

#[test]
fn the_model_takes_over_as_the_domain_does() {
    for (entries, row) in every_row() {
        for (at_row, below_floor) in [(0, false), (0, true), (1, false), (1, true)] {
            let is_last = at_row == 1;
            let domain = judged(&row, row.take_over(&wish(1, below_floor), &checkout(0), is_last, at(NOW)));
            let model =
                modelled(&row, (1, SPREAD, at_row), below_floor, |step| (step.take_over(), step.own().got[at_row]));
            let as_model = match domain.1 {
                // Found there before: the model's next step finds it.
                Holding::Held(_) if row.holds.get(&checkout(1)).is_some() => Pc::Hold,
                Holding::Held(units) => {
                    assert_eq!(u32::from(model.1.1), units);
                    if is_last || units == 2 { Pc::Idle } else { Pc::Hold }
                }
                Holding::Marked | Holding::NotHeld => Pc::Hold,
                Holding::BelowFloor => Pc::Put,
                other => panic!("{other:?}"),
            };
            assert_eq!((domain.0, as_model), (model.0, model.1.0), "{entries:?}, {} available", row.available);
        }
    }
}

#[test]
fn the_model_releases_and_sells_as_the_domain_does() {
    for (entries, row) in every_row() {
        let released = judged(&row, row.release(&checkout(0), at(NOW)));
        let model = modelled(&row, (0, SPREAD, 1), false, |step| step.release_in(1, Guard::ReleaseMarksAbsent));
        assert_eq!(released, model, "release of {entries:?}");

        let sold = judged(&row, row.sell(&checkout(0), at(NOW)));
        let model = modelled(&row, (0, SPREAD, 1), false, |step| step.commit());
        let is_released = sold.1 == Selling::Released;
        assert_eq!((sold.0, is_released), (model.0, model.1 == Pc::Read), "sale of {entries:?}");
    }
}

#[test]
fn the_model_gives_back_as_the_domain_does() {
    for (entries, row) in every_row() {
        for was_confirmed in [false, true] {
            let domain = judged(&row, row.give_back(&checkout(0), was_confirmed, 0, at(NOW)));
            let order = Order {
                status: souk_domain::order::OrderStatus::Cancelled,
                unsettled: true,
                confirmed: was_confirmed,
                units: None,
                returned: 0,
                stock_back: false,
            };
            let model = modelled(&row, (0, SPREAD, 1), false, |step| {
                step.state.lanes[0].order = Some(order);
                step.give_back();
            });
            assert_eq!(domain.0, model.0, "{entries:?}, confirmed: {was_confirmed}");
            let is_forgotten = was_confirmed && entries[0] == Entry::Absent;
            assert_eq!(domain.1 == GivingBack::Forgotten, is_forgotten);
        }
    }
}

#[test]
fn the_model_collects_as_the_domain_does() {
    for (entries, row) in every_row() {
        for (pc, mark) in [
            (Pc::CollectSold, stock::Entry::Sold { units: 1, at: at(2) }),
            (Pc::CollectReleased, stock::Entry::Released { at: at(2) }),
        ] {
            let write = row.collect(&[(checkout(0), mark)], at(NOW));
            let left = write.map_or_else(|| domains_left(&row), |write| domains_left(&write.on(&row).unwrap()));
            let model = modelled(&row, (0, SPREAD, 1), false, |step| {
                step.collect(pc);
            });
            assert_eq!(left, model.0, "{pc:?} of {entries:?}");
        }
    }
}
