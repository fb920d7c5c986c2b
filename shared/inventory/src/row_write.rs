use jiff::Timestamp;
use souk_domain::{
    ids::{Sku, WarehouseId},
    stock::{Change, Delta, MAX_UNITS, Movement, StockRow},
};
use souk_dynamo::{StoreError, Update, attribute, n};

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

/// The key of a warehouse's row of a SKU.
pub(crate) fn key<'a>(sku: &'a Sku, warehouse_id: &'a WarehouseId) -> [(&'static str, &'a str); 2] {
    [("sku", sku.as_str()), ("warehouse_id", warehouse_id.as_str())]
}

/// Only while the row still is as it was seen.
pub(crate) fn unless_moved(write: Update, seen: &StockRow) -> Update {
    write.when(attribute("version").equals(n(seen.version)))
}

#[cfg(test)]
mod tests;
