//! Shipping an order: take the money, then say that it has left. The warehouse's call and the sweeper
//! that resumes a call that died do the same.

use jiff::Timestamp;
use souk_domain::{
    ids::OrderId,
    order::{CancelReason, Canceller, Order, OrderStatus},
    payment::PaymentState,
};
use souk_dynamo::StoreError;
use souk_orders::{CancelOutcome, ChangeOutcome, Orders, Saga};
use souk_payments::{CaptureOutcome, PaymentError, PaymentRecords, capture, stripe::StripeGateway};
use souk_runtime::{ConfigError, Environment, FromEnvironment};

use crate::dependencies;

/// What a shipment touches: the order, its money, and the saga where there is none.
#[derive(Debug)]
pub(crate) struct Shipping {
    pub(crate) orders: Orders,
    pub(crate) payments: PaymentRecords,
    pub(crate) gateway: StripeGateway,
    pub(crate) saga: Saga,
}

/// How shipping ended.
#[derive(Debug)]
pub(crate) enum ShipOutcome {
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
        code: String,
        message: String,
    },
    Unknown,
}

impl ShipOutcome {
    /// Its name for logs: the order and the gateway's words are not for them.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Shipped(_) => "shipped",
            Self::Illegal(_) => "illegal",
            Self::NotAuthorized(_) => "not_authorized",
            Self::Lapsed => "lapsed",
            Self::CaptureRefused { .. } => "capture_refused",
            Self::Unknown => "unknown",
        }
    }
}

/// A shipment that could not be finished; the sweeper resumes it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ShipError {
    #[error(transparent)]
    Payment(#[from] PaymentError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl FromEnvironment for Shipping {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self {
            orders: dependencies::orders(environment)?,
            payments: dependencies::payments(environment)?,
            gateway: dependencies::gateway(environment).await?,
            saga: dependencies::saga(environment)?,
        })
    }
}

impl Shipping {
    /// Ships a confirmed order whose parcels are planned (steps "ship 1" to "ship 3").
    pub(crate) async fn ship(&self, order_id: &OrderId, now: Timestamp) -> Result<ShipOutcome, ShipError> {
        let Some(order) = self.orders.get(order_id).await? else { return Ok(ShipOutcome::Unknown) };
        let outcome = match order.status {
            OrderStatus::Confirmed => self.take_and_ship(order_id, now).await?,
            _ => ShipOutcome::of_unconfirmed(order),
        };
        self.payments.end_capture(order_id, matches!(outcome, ShipOutcome::Shipped(_))).await?;
        Ok(outcome)
    }

    async fn take_and_ship(&self, order_id: &OrderId, now: Timestamp) -> Result<ShipOutcome, ShipError> {
        match capture(&self.payments, &self.gateway, order_id, now).await? {
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
                self.saga.nudge(order_id).await;
                Ok(ShipOutcome::of_unconfirmed(*order))
            }
            CancelOutcome::Refused(order) => Ok(ShipOutcome::of_unconfirmed(*order)),
            CancelOutcome::Unknown => Ok(ShipOutcome::Unknown),
        }
    }
}

impl ShipOutcome {
    /// What an order that is not confirmed any more, or not yet, says of its shipment.
    pub(crate) fn of_unconfirmed(order: Order) -> Self {
        match order.status {
            status if status.has_left() => Self::Shipped(Box::new(order)),
            _ if order.cancel_reason == Some(CancelReason::AuthorizationLapsed) => Self::Lapsed,
            status => Self::Illegal(status),
        }
    }
}
