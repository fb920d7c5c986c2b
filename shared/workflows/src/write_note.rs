//! Somebody of the staff writes something down about an order.

use souk_domain::ids::{NoteId, OrderId, UserId};
use souk_dynamo::StoreError;
use souk_orders::{Archive, Note, NoteOutcome, OrderNotes, Orders, find};
use souk_wiring::{Call, FromEnvironment};

/// Orders, hot and archived, and their notes.
#[derive(Debug, FromEnvironment)]
pub struct WriteNote {
    orders: Orders,
    archive: Archive,
    notes: OrderNotes,
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Outcome {
    /// It is kept, now or before.
    Kept(Box<Note>),
    /// The key was used for another text.
    KeyReused,
    /// There is no such order.
    Unknown,
}

impl WriteNote {
    /// A use case of these parts.
    pub fn new(orders: Orders, archive: Archive, notes: OrderNotes) -> Self {
        Self { orders, archive, notes }
    }

    /// Writes a note. With a key, repeating it finds the first; without, it is another one.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown.
    pub async fn run(
        &self,
        order_id: &OrderId,
        author: &UserId,
        key: Option<&str>,
        text: String,
        call: &Call,
    ) -> Result<Outcome, StoreError> {
        if find(&self.orders, &self.archive, order_id).await?.is_none() {
            return Ok(Outcome::Unknown);
        }
        let note_id = match key {
            Some(key) => NoteId::of_request(order_id, author, key),
            None => NoteId::from_uuid(call.new_id()),
        };
        let note = Note { order_id: order_id.clone(), note_id, author: author.clone(), at: call.now, text };
        Ok(match self.notes.keep(note).await? {
            NoteOutcome::Kept(note) => Outcome::Kept(note),
            NoteOutcome::KeyReused => Outcome::KeyReused,
        })
    }
}
