use jiff::Timestamp;
use souk_domain::{
    ids::{Sku, WarehouseId},
    stock::{Change, Delta, Holds, MAX_ENTRIES, MAX_UNITS, Movement, RowWrite, StockRow},
};
use souk_dynamo::{StoreError, Update, attribute, n, s};

/// The write of a movement: additions to a row's numbers under the conditions that keep invariant I1. It
/// commutes with every other change of the row, unless it is held to a version.
pub(crate) fn movement_of(movement: &Movement) -> Result<Update, StoreError> {
    let Delta { quantity, reserved } = movement.delta;
    let available = movement.delta.available();
    let mut write = Update::new()
        .set("movement", souk_dynamo::value(movement)?)
        .add("quantity", n(quantity))
        .add("reserved_quantity", n(reserved))
        .add("available", n(available))
        .add("version", n(1))
        .when(attribute("sku").exists());
    if movement.kind.is_said_by_people() {
        write = write.add("counted", n(1));
    }
    let moved = movement.moved();
    if moved != 0 {
        write = write.add("moved", n(moved));
    }
    if available < 0 {
        write = write.when(attribute("available").is_at_least(n(available.saturating_neg())));
    }
    if reserved < 0 {
        write = write.when(attribute("reserved_quantity").is_at_least(n(reserved.saturating_neg())));
    }
    if quantity > 0 {
        write = write.when(attribute("quantity").is_at_most(n(i64::from(MAX_UNITS) - quantity)));
    }
    Ok(write)
}

/// The write of a change that a reservation makes. Those changes do not depend on what stands there.
pub(crate) fn change_by(reservation: impl ToString, change: Change, now: Timestamp) -> Result<Update, StoreError> {
    movement_of(&Movement {
        kind: change.kind(),
        reference: reservation.to_string(),
        reason: None,
        delta: change.delta(0),
        at: now,
    })
}

/// A judged write of a row that holds its holds, under the conditions that the judgement names. A row that was last
/// written before rows had `holds` refuses it: see [`with_holds`].
pub(crate) fn judged(write: &RowWrite) -> Result<Update, StoreError> {
    let (quantity, available) = (write.delta.quantity, write.delta.available());
    let mut update = Update::new()
        .set("movement", souk_dynamo::value(&write.movement())?)
        .add("quantity", n(quantity))
        .add("available", n(available))
        .add("version", n(1))
        .when(attribute("holds").exists());
    for change in &write.entries {
        let entry = attribute("holds").key(Holds::key(&change.checkout_id));
        update = update.when(match change.from {
            Some(from) => entry.clone().equals(s(String::from(from))),
            None => entry.clone().is_absent(),
        });
        update = match change.to {
            Some(to) => update.set(entry, s(String::from(to))),
            None => update.remove(entry),
        };
    }
    let floor = || attribute("floor");
    if let Some(decided_at) = write.decided_at {
        let is_young = floor().is_absent().or(floor().is_below(n(decided_at.as_millisecond())));
        update = update.when(is_young).when(attribute("holds").is_smaller_than(MAX_ENTRIES));
    }
    if let Some(to) = write.floor {
        let to = n(to.as_millisecond());
        update = update.set("floor", to.clone()).when(floor().is_absent().or(floor().is_at_most(to)));
    }
    if available < 0 {
        update = update.when(attribute("available").is_at_least(n(available.saturating_neg())));
    }
    if quantity < 0 {
        update = update.when(attribute("quantity").is_at_least(n(quantity.saturating_neg())));
    }
    if quantity > 0 {
        update = update.when(attribute("quantity").is_at_most(n(i64::from(MAX_UNITS) - quantity)));
    }
    Ok(match write.version {
        Some(version) => update.when(attribute("version").equals(n(version))),
        None => update,
    })
}

/// The map into which a row takes its holds, where it has none yet. No movement, and so no version.
pub(crate) fn with_holds() -> Result<Update, StoreError> {
    Ok(Update::new().set_if_absent("holds", souk_dynamo::value(&Holds::default())?).when(attribute("sku").exists()))
}

/// The key of a warehouse's first row of a SKU.
pub(crate) fn key<'a>(sku: &'a Sku, warehouse_id: &'a WarehouseId) -> [(&'static str, &'a str); 2] {
    stored(sku.as_str(), warehouse_id)
}

/// The key of a row in this partition.
pub(crate) fn stored<'a>(partition: &'a str, warehouse_id: &'a WarehouseId) -> [(&'static str, &'a str); 2] {
    [("sku", partition), ("warehouse_id", warehouse_id.as_str())]
}

/// Only while the row still is as it was seen.
pub(crate) fn unless_moved(write: Update, seen: &StockRow) -> Update {
    write.when(attribute("version").equals(n(seen.version)))
}

#[cfg(test)]
mod tests;
