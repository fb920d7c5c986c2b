//! What travels on the flash sale's intents queue.

use std::fmt;

use serde::{Deserialize, Serialize};
use souk_domain::{
    ids::{FlashSaleId, Sku, UserId, WarehouseId},
    money::Money,
    order::Address,
};

/// A shopper has claimed a unit and wants it ordered. Sent at least once; the order that it becomes
/// follows from sale and user, so a repeat changes nothing.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PurchaseIntent {
    /// In which sale.
    pub sale_id: FlashSaleId,
    /// Who.
    pub user_id: UserId,
    /// Which shard holds the claim.
    pub shard: u32,
    /// Where that shard's units lie.
    pub warehouse_id: WarehouseId,
    /// When it was claimed, in seconds of the Unix epoch.
    pub claimed_at: i64,
    /// What.
    pub sku: Sku,
    /// What its product is called. Messages of before it was told lack it.
    #[serde(default)]
    pub title: Option<String>,
    /// What sets the variant apart, where anything does.
    #[serde(default)]
    pub variant: Option<String>,
    /// The sale's price of the one unit.
    pub unit_price: Money,
    /// The gateway's token of the payment method.
    pub payment_method: String,
    /// Where it goes.
    pub shipping_address: Address,
}

/// Asks whoever receives it to conduct a sale for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conduct {
    /// Which sale.
    pub sale_id: FlashSaleId,
    /// Under which name: the lease stays with it from run to run.
    pub conductor: String,
}

/// Leaves out how it is paid: messages end up in logs.
impl fmt::Debug for PurchaseIntent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PurchaseIntent")
            .field("sale_id", &self.sale_id)
            .field("user_id", &self.user_id)
            .field("shard", &self.shard)
            .field("claimed_at", &self.claimed_at)
            .field("sku", &self.sku)
            .field("unit_price", &self.unit_price)
            .finish_non_exhaustive()
    }
}
