use jiff::Timestamp;
use souk_domain::{
    ids::{FlashSaleId, OrderId, Sku, UserId, WarehouseId},
    money::Money,
    order::{Actor, Address, CancelReason, FromFlashSale, Order, OrderLine, OrderStatus, Origin, Transition},
    quantity::Quantity,
};
use souk_dynamo::{Outcome, StoreError, attribute};

use crate::{OrderRecord, Orders};

/// A unit that a shopper has claimed in a flash sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoldUnit {
    /// Who claimed it.
    pub user_id: UserId,
    /// In which sale.
    pub sale_id: FlashSaleId,
    /// Out of which shard.
    pub shard: u32,
    /// Where that shard's units lie.
    pub warehouse_id: WarehouseId,
    /// What it is.
    pub sku: Sku,
    /// What its product is called.
    pub title: Option<String>,
    /// What sets the variant apart.
    pub variant: Option<String>,
    /// The sale's price.
    pub price: Money,
}

/// How placing a sale's order ended.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub enum FlashSaleOrderOutcome {
    /// It is stored.
    Placed,
    /// The shopper has an order in this sale; it may be of another claim, or cancelled.
    Exists(Box<Order>),
}

impl SoldUnit {
    /// The order that buys this unit.
    pub fn order(&self, payment_method: String, address: Address, now: Timestamp, pay_by: Timestamp) -> Order {
        Order {
            shipping_address: Some(address),
            payment_method: Some(payment_method),
            ..self.in_status(OrderStatus::PendingPayment, None, Actor::Customer, now, pay_by)
        }
    }

    /// The mark that the request to order this unit never arrived: an order that was cancelled before
    /// it was placed. Whatever arrives later finds it, so the unit may be released.
    pub fn never_ordered(&self, now: Timestamp) -> Order {
        self.in_status(OrderStatus::Cancelled, Some(CancelReason::ClaimExpired), Actor::Sweeper, now, now)
    }

    fn in_status(
        &self,
        status: OrderStatus,
        cancel_reason: Option<CancelReason>,
        by: Actor,
        now: Timestamp,
        pay_by: Timestamp,
    ) -> Order {
        let line = OrderLine {
            sku: self.sku.clone(),
            title: self.title.clone(),
            variant: self.variant.clone(),
            quantity: Quantity::ONE,
            unit_price: self.price,
        };
        Order {
            order_id: OrderId::of_sale(&self.user_id, &self.sale_id),
            user_id: self.user_id.clone(),
            status,
            version: 1,
            origin: Origin::FlashSale(FromFlashSale {
                sale_id: self.sale_id.clone(),
                shard: self.shard,
                warehouse_id: self.warehouse_id.clone(),
            }),
            lines: vec![line],
            total: self.price,
            shipping_address: None,
            payment_method: None,
            created_at: now,
            pay_by,
            settled: false,
            cancel_reason,
            shipments: Vec::new(),
            shortages: Vec::new(),
            history: vec![Transition { status, at: now, by }],
            promise: None,
            address_changes: Vec::new(),
            stock: souk_domain::order::StockTrail::default(),
        }
    }
}

/// Places a flash sale's order. Its id follows from user and sale, so this put is the unique
/// constraint on both. Condition: the order is absent.
///
/// # Errors
/// [`StoreError`] where the outcome is unknown; repeating is safe.
pub async fn place_for_flash_sale(orders: &Orders, order: &Order) -> Result<FlashSaleOrderOutcome, StoreError> {
    match orders.table.put_if(&OrderRecord::from(order), attribute("order_id").is_absent()).await? {
        Outcome::Written(()) => Ok(FlashSaleOrderOutcome::Placed),
        Outcome::Refused(Some(item)) => {
            Ok(FlashSaleOrderOutcome::Exists(Box::new(souk_dynamo::decode::<OrderRecord>(item)?.into())))
        }
        Outcome::Refused(None) => Err(StoreError::Corrupt("a refused put without the item in its way".to_owned())),
    }
}
