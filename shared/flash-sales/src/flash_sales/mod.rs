mod active;
mod change;
mod define;
mod emptiness;
mod record;
mod room;
mod samples;
mod transition;
mod withdraw;

pub use active::ActiveFlashSale;
pub use change::ChangeOutcome;
pub use define::{DefineOutcome, PreparedOutcome, new_lottery_key};
pub(crate) use emptiness::MarkOutcome;
pub use record::FlashSale;
pub(crate) use room::RoomOutcome;
pub use room::{Lease, Room};
pub(crate) use samples::Counted;
pub use transition::TransitionOutcome;

use record::{KeyRecord, Part};
use souk_domain::{flash_sale::LotteryKey, ids::FlashSaleId};
use souk_dynamo::{StoreError, Table};
use souk_wiring::FromEnvironment;

/// The `sales` table (keys `sale_id`, `part`): each sale's definition, its lottery key and its room,
/// the samples by which shoppers are counted, and the list of sales that still need looking after.
#[derive(Debug, Clone, FromEnvironment)]
pub struct FlashSales {
    #[variable("SALES_TABLE")]
    table: Table,
}

impl FlashSales {
    /// The sales in this table.
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// A sale's definition, read consistently.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn get(&self, sale_id: &FlashSaleId) -> Result<Option<FlashSale>, StoreError> {
        self.table.get(&Part::Sale.key(sale_id)).await
    }

    /// A sale's room, read consistently.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn room(&self, sale_id: &FlashSaleId) -> Result<Option<Room>, StoreError> {
        self.table.get(&Part::Room.key(sale_id)).await
    }

    /// A sale's room as some replica has it: what all that is decided on it may be a second old anyway.
    pub(crate) async fn room_eventually(&self, sale_id: &FlashSaleId) -> Result<Option<Room>, StoreError> {
        self.table.get_eventually(&Part::Room.key(sale_id)).await
    }

    /// The sale's lottery key. Secret until the sale is closed.
    ///
    /// # Errors
    /// [`StoreError`]; also where there is no such sale.
    pub async fn lottery_key(&self, sale_id: &FlashSaleId) -> Result<LotteryKey, StoreError> {
        let record: Option<KeyRecord> = self.table.get(&Part::Key.key(sale_id)).await?;
        record.map(|record| record.key).ok_or_else(|| StoreError::corrupt(format!("sale {sale_id} has no key")))
    }
}
