//! The holds of one checkout, over all rows of all its lines.

use jiff::Timestamp;
use souk_domain::{
    ids::CheckoutId,
    order::LineRows,
    stock::{Entry, RowKey, RowUnits},
};
use souk_dynamo::StoreError;
use souk_inventory::StockRows;
use souk_orders::Checkout;

/// T2: every row of a checkout that was read closed, asked or not, holds nothing for it and never will again.
///
/// # Errors
/// [`StoreError`]; repeating is safe.
pub(crate) async fn release_closed(rows: &StockRows, checkout: &Checkout, now: Timestamp) -> Result<(), StoreError> {
    for line in checkout.held_by.rows().unwrap_or_default() {
        for (row, believed) in line.believed() {
            let _none_where_there_is_no_row = rows.release(&row, &checkout.checkout_id, believed, now).await?;
        }
    }
    Ok(())
}

/// What rows hold for an order, or sold to it, as far as they remember.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn remembered(
    rows: &StockRows,
    checkout_id: &CheckoutId,
    lines: &[LineRows],
) -> Result<Vec<RowUnits>, StoreError> {
    let mut found = Vec::new();
    for row in keys(lines) {
        let stored = rows.get_row(&row).await?;
        let quantity = match stored.and_then(|stored| stored.holds.get(checkout_id)) {
            Some(Entry::Held(units) | Entry::Sold { units, .. }) => units,
            Some(Entry::Released { .. }) | None => 0,
        };
        if quantity > 0 {
            found.push(RowUnits { row, quantity });
        }
    }
    Ok(found)
}

/// Each row of these lines, once.
pub(crate) fn keys(lines: &[LineRows]) -> impl Iterator<Item = RowKey> {
    lines.iter().flat_map(LineRows::keys)
}
