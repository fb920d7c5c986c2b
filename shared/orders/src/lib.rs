//! Checkouts, orders and their archive: what the orders context can do.
//!
//! Every step of the order protocol that writes an order is one function here, with the condition it
//! writes under and a named outcome for each way in which that condition can fail. Repeating any of
//! them is safe.
#![forbid(unsafe_code)]

mod archive;
mod checkouts;
mod decisions;
mod finding;
mod flash_sale;
mod holding;
mod listing;
mod migration_cursor;
mod notes;
mod open_checkouts;
mod orders;
mod place;
mod readdress;
mod record;
mod reopen;
mod revise;
mod saga;
mod trail;

pub use archive::{Archive, ArchiveOutcome, HOT_RETENTION, find};
pub use checkouts::{Checkout, Checkouts};
pub use decisions::{CancelOutcome, ConfirmOutcome, SettleOutcome};
pub use finding::{Candidate, Direction, Page, PlacedBetween, in_status};
pub use flash_sale::{FlashSaleOrderOutcome, SoldUnit, place_for_flash_sale};
pub use holding::{AttachOutcome, CheckoutState, CloseOutcome, CloseReason, OpenOutcome};
pub use listing::{OrderPage, Place, list};
pub use migration_cursor::MigrationCursor;
pub use notes::{NOTE_TEXT, Note, NoteOutcome, OrderNotes};
pub use open_checkouts::{Opening, RoomOutcome, ShopperLimits};
pub use orders::Orders;
pub use place::{PlaceOutcome, place};
pub use readdress::ReaddressOutcome;
pub use record::OrderRecord;
pub use revise::ReviseOutcome;
pub use saga::{Saga, SagaError};
pub use trail::PutOutcome;
