//! What staff write down about an order, for one another. A table of their own: a note changes no order, is kept when
//! the order moves to the archive, and is never in anything that a shopper is shown.

use jiff::{Timestamp, fmt::serde::timestamp::millisecond};
use serde::{Deserialize, Serialize};
use souk_domain::{
    ids::{NoteId, OrderId, UserId},
    text::TextRule,
};
use souk_dynamo::{Outcome, StoreError, Table, attribute};
use souk_wiring::FromEnvironment;

/// What a note's text may be.
pub const NOTE_TEXT: TextRule = TextRule::many_lines(2000);

/// A note.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The order that it is about.
    pub order_id: OrderId,
    /// Which note. Derived from the author and their key, where they sent one, so that the put is the guard.
    pub note_id: NoteId,
    /// Who wrote it.
    pub author: UserId,
    /// When.
    #[serde(with = "millisecond::required")]
    pub at: Timestamp,
    /// What.
    pub text: String,
}

/// The `order-notes` table (key `order_id`, `note_id`).
#[derive(Debug, Clone, FromEnvironment)]
pub struct OrderNotes {
    #[variable("ORDER_NOTES_TABLE")]
    table: Table,
}

/// How writing a note down ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum NoteOutcome {
    /// It is kept, now or before; as it was kept first.
    Kept(Box<Note>),
    /// Its key was used for another text.
    KeyReused,
}

impl OrderNotes {
    /// The notes in this table.
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// Keeps a note. Condition: it is absent. A repeat with the same text finds the first.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn keep(&self, note: Note) -> Result<NoteOutcome, StoreError> {
        match self.table.put_if(&note, attribute("note_id").is_absent()).await? {
            Outcome::Written(()) => Ok(NoteOutcome::Kept(Box::new(note))),
            Outcome::Refused(Some(item)) => {
                let first: Note = souk_dynamo::decode(item)?;
                Ok(if first.text == note.text { NoteOutcome::Kept(Box::new(first)) } else { NoteOutcome::KeyReused })
            }
            Outcome::Refused(None) => Err(StoreError::corrupt("a refused put brought no note")),
        }
    }

    /// All notes about an order, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of_order(&self, order_id: &OrderId) -> Result<Vec<Note>, StoreError> {
        let mut notes: Vec<Note> = self.table.partition("order_id", order_id.as_str()).await?;
        notes.sort_by(|a, b| (a.at, &a.note_id).cmp(&(b.at, &b.note_id)));
        Ok(notes)
    }
}

/// Leaves the text out: it may be about the customer.
impl std::fmt::Debug for Note {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Note").field("order_id", &self.order_id).field("note_id", &self.note_id).finish_non_exhaustive()
    }
}
