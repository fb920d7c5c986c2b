//! Somebody of the staff writes something down about an order.

use souk_domain::ids::{NoteId, OrderId, UserId, WarehouseId};
use souk_dynamo::StoreError;
use souk_fulfilment::Fulfilments;
use souk_orders::{Archive, Note, NoteOutcome, OrderNotes, Orders, find};
use souk_wiring::{Call, FromEnvironment};

/// Orders, hot and archived, who packs them, and their notes.
#[derive(Debug, FromEnvironment)]
pub struct WriteNote {
    orders: Orders,
    archive: Archive,
    fulfilments: Fulfilments,
    notes: OrderNotes,
}

/// Who writes.
#[derive(Debug, Clone, Copy)]
pub struct Author<'a> {
    /// Who.
    pub user_id: &'a UserId,
    /// Where they work, if not everywhere: they know of the orders that are packed there, and of no others.
    pub only_in: Option<&'a [WarehouseId]>,
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Outcome {
    /// It is kept, now or before.
    Kept(Box<Note>),
    /// The key was used for another text.
    KeyReused,
    /// There is no such order, as far as the author may know.
    Unknown,
}

impl WriteNote {
    /// A use case of these parts.
    pub fn new(orders: Orders, archive: Archive, fulfilments: Fulfilments, notes: OrderNotes) -> Self {
        Self { orders, archive, fulfilments, notes }
    }

    /// Writes a note. With a key, repeating it finds the first; without, it is another one.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown.
    pub async fn run(
        &self,
        order_id: &OrderId,
        author: Author<'_>,
        key: Option<&str>,
        text: String,
        call: &Call,
    ) -> Result<Outcome, StoreError> {
        if !self.knows(author, order_id).await? {
            return Ok(Outcome::Unknown);
        }
        let note_id = match key {
            Some(key) => NoteId::of_request(order_id, author.user_id, key),
            None => NoteId::from_uuid(call.new_id()),
        };
        let author = author.user_id.clone();
        let note = Note { order_id: order_id.clone(), note_id, author, at: call.now, text };
        Ok(match self.notes.keep(note).await? {
            NoteOutcome::Kept(note) => Outcome::Kept(note),
            NoteOutcome::KeyReused => Outcome::KeyReused,
        })
    }

    async fn knows(&self, author: Author<'_>, order_id: &OrderId) -> Result<bool, StoreError> {
        match author.only_in {
            None => Ok(find(&self.orders, &self.archive, order_id).await?.is_some()),
            Some(own) => {
                let packed = self.fulfilments.of_order(order_id).await?;
                Ok(packed.iter().any(|work| own.contains(&work.warehouse_id)))
            }
        }
    }
}
