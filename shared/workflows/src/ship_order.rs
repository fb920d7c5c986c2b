//! An order leaves: its parcels are planned, the money is taken, and the order says that it has left.
//! The sweeper resumes what died after the plan.

pub mod parcels;

use jiff::Timestamp;
use souk_domain::{
    ids::OrderId,
    order::{CancelReason, Canceller, Order, OrderLine, OrderStatus, Origin},
    payment::PaymentState,
    stock::Allocation,
};
use souk_dynamo::StoreError;
use souk_inventory::ReservationBook;
use souk_orders::{CancelOutcome, ChangeOutcome, Orders, Saga};
use souk_payments::{CaptureOutcome, PaymentError, PaymentRecords, capture, stripe::StripeGateway};
use souk_wiring::{Call, FromEnvironment};

use self::parcels::{Labels, ParcelError};

/// What a shipment touches: the order, its money, and the saga where there is none.
#[derive(Debug, FromEnvironment)]
pub struct Shipping {
    pub(crate) orders: Orders,
    pub(crate) payments: PaymentRecords,
    pub(crate) gateway: StripeGateway,
    pub(crate) saga: Saga,
}

/// As [`Shipping`], and the reservations, which say what leaves from where.
#[derive(Debug, FromEnvironment)]
pub struct ShipOrder {
    shipping: Shipping,
    reservations: ReservationBook,
}

/// How shipping ended.
#[derive(Debug)]
pub enum ShipOutcome {
    /// It has left, now or before.
    Shipped(Box<Order>),
    /// It stands where it cannot be shipped; where money was taken, the saga gives it back.
    Illegal(OrderStatus),
    /// The payment stands where nothing can be taken.
    NotAuthorized(PaymentState),
    /// The gateway no longer held the money, so the order is cancelled, now or before.
    Lapsed,
    /// The gateway would not take it; the order stays confirmed.
    CaptureRefused {
        /// The gateway's name for why.
        code: String,
        /// Its words.
        message: String,
    },
    /// The parcels are not those of the order's warehouses.
    WrongParcels(ParcelError),
    /// There is no such order.
    Unknown,
}

impl ShipOutcome {
    /// Its name for logs: the order and the gateway's words are not for them.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Shipped(_) => "shipped",
            Self::Illegal(_) => "illegal",
            Self::NotAuthorized(_) => "not_authorized",
            Self::Lapsed => "lapsed",
            Self::CaptureRefused { .. } => "capture_refused",
            Self::WrongParcels(_) => "wrong_parcels",
            Self::Unknown => "unknown",
        }
    }
}

/// A shipment that could not be finished; the sweeper resumes it.
#[derive(Debug, thiserror::Error)]
pub enum ShipError {
    /// The payment could not be captured, or not be known to be.
    #[error(transparent)]
    Payment(#[from] PaymentError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ShipOrder {
    /// Ships the whole order in parcels with these labels. Repeating it changes nothing.
    ///
    /// # Errors
    /// [`ShipError`]: where the parcels are planned, the sweeper resumes it.
    pub async fn run(&self, order_id: &OrderId, labels: &Labels, call: &Call) -> Result<ShipOutcome, ShipError> {
        let orders = &self.shipping.orders;
        let Some(order) = orders.get(order_id).await? else { return Ok(ShipOutcome::Unknown) };
        let shipments = match parcels::planned(labels, &self.allocations(order).await?) {
            Ok(shipments) => shipments,
            Err(error) => return Ok(ShipOutcome::WrongParcels(error)),
        };
        match orders.plan_shipment(order_id, &shipments).await? {
            ChangeOutcome::Changed(_) => {}
            ChangeOutcome::Refused(order) if order.status.has_left() => {}
            ChangeOutcome::Refused(order) => return Ok(ShipOutcome::of_unconfirmed(*order)),
            ChangeOutcome::Unknown => return Ok(ShipOutcome::Unknown),
        }
        self.shipping.ship(order_id, call.now).await
    }

    /// Which units leave from where.
    async fn allocations(&self, order: Order) -> Result<Vec<Allocation>, StoreError> {
        match order.origin {
            Origin::Checkout(checkout) => {
                let reservation = self.reservations.get(&checkout.reservation_id).await?;
                let reservation = reservation
                    .ok_or_else(|| StoreError::corrupt(format!("order {} has no reservation", order.order_id)))?;
                Ok(reservation.lines)
            }
            Origin::FlashSale(sale) => {
                let allocation = |line: OrderLine| Allocation {
                    sku: line.sku,
                    warehouse_id: sale.warehouse_id.clone(),
                    quantity: line.quantity.get(),
                };
                Ok(order.lines.into_iter().map(allocation).collect())
            }
        }
    }
}

impl Shipping {
    /// Ships a confirmed order whose parcels are planned (steps "ship 1" to "ship 3").
    ///
    /// # Errors
    /// [`ShipError`]; repeating it is safe.
    pub async fn ship(&self, order_id: &OrderId, now: Timestamp) -> Result<ShipOutcome, ShipError> {
        let Some(order) = self.orders.get(order_id).await? else { return Ok(ShipOutcome::Unknown) };
        let outcome = match order.status {
            OrderStatus::Confirmed => self.take_and_ship(order_id, now).await?,
            _ => ShipOutcome::of_unconfirmed(order),
        };
        self.payments.end_capture(order_id, matches!(outcome, ShipOutcome::Shipped(_))).await?;
        Ok(outcome)
    }

    async fn take_and_ship(&self, order_id: &OrderId, now: Timestamp) -> Result<ShipOutcome, ShipError> {
        match capture(&self.payments, &self.gateway, order_id, None, now).await? {
            CaptureOutcome::Captured => {}
            CaptureOutcome::NotAuthorized(state) => return Ok(ShipOutcome::NotAuthorized(state)),
            CaptureOutcome::Lapsed => return self.cancel(order_id, now).await,
            CaptureOutcome::Refused { code, message } => return Ok(ShipOutcome::CaptureRefused { code, message }),
        }
        Ok(match self.orders.ship(order_id, now).await? {
            ChangeOutcome::Changed(order) => ShipOutcome::Shipped(order),
            // Cancelled between capture and here: the goods stay, and the saga refunds.
            ChangeOutcome::Refused(order) => ShipOutcome::of_unconfirmed(*order),
            ChangeOutcome::Unknown => ShipOutcome::Unknown,
        })
    }

    /// The money is gone: the decision comes first, stock and the payment's record follow it by the saga.
    async fn cancel(&self, order_id: &OrderId, now: Timestamp) -> Result<ShipOutcome, ShipError> {
        match self.orders.cancel(order_id, Canceller::LapsedShipment, now).await? {
            CancelOutcome::Cancelled(order) => {
                self.saga.try_start(order_id).await;
                Ok(ShipOutcome::of_unconfirmed(*order))
            }
            CancelOutcome::Refused(order) => Ok(ShipOutcome::of_unconfirmed(*order)),
            CancelOutcome::Unknown => Ok(ShipOutcome::Unknown),
        }
    }
}

impl ShipOutcome {
    /// What an order that is not confirmed any more, or not yet, says of its shipment.
    pub fn of_unconfirmed(order: Order) -> Self {
        match order.status {
            status if status.has_left() => Self::Shipped(Box::new(order)),
            _ if order.cancel_reason == Some(CancelReason::AuthorizationLapsed) => Self::Lapsed,
            status => Self::Illegal(status),
        }
    }
}
