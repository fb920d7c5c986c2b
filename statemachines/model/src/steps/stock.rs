//! The transactions of a stock row with a reservation. Each moves one unit.

use crate::{
    guards::{Guard, Guards},
    state::{Hold, State, Units},
};

/// Takes a unit aside for a new checkout.
pub fn reserve(state: &mut State, hold: usize) {
    state.row.reserved += 1;
    state.row.available -= 1;
    state.holds[hold].units = Units::Held;
}

/// S1. True where the order has the units.
pub fn attach(guards: Guards, hold: &mut Hold, order: u8) -> bool {
    let own = hold.order.is_none_or(|named| named == order) || !guards.has(Guard::AttachOwn);
    match hold.units {
        // Returned too, as the code has it: such an order is cancelled, and its record fenced.
        Units::Committed | Units::Returned => own,
        Units::Held if own => {
            hold.order = Some(order);
            true
        }
        Units::Released if own && !guards.has(Guard::AttachHeld) => {
            hold.order = Some(order);
            true
        }
        _ => false,
    }
}

/// S4. True where the units have left for this order.
pub fn commit(guards: Guards, state: &mut State, hold: usize, order: u8) -> bool {
    let found = state.holds[hold];
    let own = found.order == Some(order) || !guards.has(Guard::CommitOwn);
    let held = found.units == Units::Held || !guards.has(Guard::CommitHeld);
    if own && held {
        state.row.quantity -= 1;
        state.row.reserved -= 1;
        state.holds[hold].units = Units::Committed;
        return true;
    }
    own && found.units == Units::Committed
}

/// F3: what is held for a cancelled order is released, what had left comes back.
pub fn give_back(guards: Guards, state: &mut State, hold: usize, order: u8) {
    let found = state.holds[hold];
    let own = match found.order {
        None => guards.has(Guard::ReleaseUnattached),
        Some(named) => named == order || !guards.has(Guard::ReleaseOwn),
    };
    if !own {
        return;
    }
    match found.units {
        Units::Held => release(state, hold, Some(order)),
        Units::Released if !guards.has(Guard::ReleaseHeld) => release(state, hold, Some(order)),
        Units::Committed if guards.has(Guard::ReturnCommitted) => bring_back(state, hold),
        Units::Returned if !guards.has(Guard::ReturnOnce) => bring_back(state, hold),
        _ => {}
    }
}

/// The timer and its sweeper: frees what no order has. "Its time is over" is not asked: clocks may be wrong, and
/// nothing but the shopper's patience depends on them.
pub fn expire(guards: Guards, state: &mut State, hold: usize) {
    let found = state.holds[hold];
    if can_expire(guards, found) {
        release(state, hold, found.order);
    }
}

/// True where [`expire`] would change something.
pub fn can_expire(guards: Guards, found: Hold) -> bool {
    let held = found.units == Units::Held || (found.units == Units::Released && !guards.has(Guard::TimerHeld));
    held && (found.order.is_none() || !guards.has(Guard::TimerUnattached))
}

/// The shopper has given the checkout up.
pub fn abandon(guards: Guards, state: &mut State, hold: usize) {
    let found = state.holds[hold];
    if found.units == Units::Held && (found.order.is_none() || !guards.has(Guard::AbandonUnattached)) {
        release(state, hold, found.order);
    }
}

fn release(state: &mut State, hold: usize, order: Option<u8>) {
    state.row.reserved -= 1;
    state.row.available += 1;
    state.holds[hold].units = Units::Released;
    state.holds[hold].order = order;
}

fn bring_back(state: &mut State, hold: usize) {
    state.row.quantity += 1;
    state.row.available += 1;
    state.holds[hold].units = Units::Returned;
}
