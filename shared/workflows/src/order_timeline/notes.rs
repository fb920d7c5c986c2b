//! What staff wrote down.

use souk_domain::ids::OrderId;
use souk_dynamo::StoreError;
use souk_orders::OrderNotes;

use super::{By, Entry, What};

pub(super) async fn entries(notes: &OrderNotes, order_id: &OrderId) -> Result<Vec<Entry>, StoreError> {
    let written = notes.of_order(order_id).await?.into_iter().map(|note| Entry {
        at: note.at,
        by: By::Staff,
        user_id: Some(note.author),
        what: What::Note { note_id: note.note_id, text: note.text },
    });
    Ok(written.collect())
}
