//! An order leaves, from each warehouse by itself: its parcels are labelled, the money is taken with the first of them,
//! and the order says that they have left. The sweeper resumes what died after the labels.

pub mod parcels;

use jiff::Timestamp;
use souk_domain::{
    ids::{OrderId, WarehouseId},
    order::{CancelReason, Canceller, Departures, Label, Order, OrderStatus, Revision, ShippingRefusal},
    payment::PaymentState,
};
use souk_dynamo::StoreError;
use souk_orders::{CancelOutcome, Orders, ReviseOutcome, Saga};
use souk_payments::{
    CaptureOutcome, PaymentError, PaymentRecords, capture, refund_shortfall, resume_capture, stripe::StripeGateway,
};
use souk_wiring::{Call, FromEnvironment};

use self::parcels::{Labels, ParcelError};
use crate::follow_order::FollowOrder;

/// What a shipment touches: the order, its money, and the saga where there is none.
#[derive(Debug, FromEnvironment)]
pub struct Shipping {
    pub(crate) orders: Orders,
    pub(crate) payments: PaymentRecords,
    pub(crate) gateway: StripeGateway,
    pub(crate) saga: Saga,
}

/// As [`Shipping`], and the warehouses' work, which ends with it.
#[derive(Debug, FromEnvironment)]
pub struct ShipOrder {
    shipping: Shipping,
    follow: FollowOrder,
}

/// How shipping ended.
#[derive(Debug)]
pub enum ShipOutcome {
    /// They have left, now or before; the order as it is now.
    Shipped(Box<Order>),
    /// It stands where it cannot be shipped; where money was taken, the saga gives it back.
    Illegal(OrderStatus),
    /// The parcels cannot leave so.
    Refused(ShippingRefusal),
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
            Self::Refused(_) => "refused",
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
    /// Ships all that has not left of an order, packed or not. Repeating it changes nothing.
    ///
    /// # Errors
    /// [`ShipError`]: where the parcels are labelled, the sweeper resumes it.
    pub async fn run(&self, order_id: &OrderId, labels: &Labels, call: &Call) -> Result<ShipOutcome, ShipError> {
        let Some(mut order) = self.follow.orders.get(order_id).await? else { return Ok(ShipOutcome::Unknown) };
        if order.status != OrderStatus::Confirmed && !order.has_departed() {
            return Ok(ShipOutcome::of_unconfirmed(order));
        }
        let allocations = self.follow.allocations.unless_laid_out(&order).await?;
        let seen = order.clone();
        order.lay_out(&allocations);
        let departures = match parcels::departures(labels, &order) {
            Ok(departures) => departures,
            Err(error) => return Ok(ShipOutcome::WrongParcels(error)),
        };
        let begin = |order: &mut Order| {
            order.lay_out(&allocations);
            order.begin_to_leave(&departures, call.now)
        };
        self.ship((order_id, Some(seen)), &departures, begin, call.now).await
    }

    /// Ships what one warehouse has packed, under these labels, or under those that it bears. Repeating it changes
    /// nothing.
    ///
    /// # Errors
    /// [`ShipError`]: where the parcels are labelled, the sweeper resumes it.
    pub async fn from_warehouse(
        &self,
        order_id: &OrderId,
        from: &WarehouseId,
        labels: Vec<Label>,
        call: &Call,
    ) -> Result<ShipOutcome, ShipError> {
        let departures = vec![(from.clone(), labels)];
        let begin = |order: &mut Order| {
            let is_packed = order.shipment(from).is_some_and(|shipment| shipment.packed_at.is_some());
            match is_packed || order.status != OrderStatus::Confirmed {
                true => order.begin_to_leave(&departures, call.now),
                false => Err(ShippingRefusal::NotPacked(from.clone())),
            }
        };
        self.ship((order_id, None), &departures, begin, call.now).await
    }

    async fn ship(
        &self,
        (order_id, seen): (&OrderId, Option<Order>),
        departures: &Departures,
        begin: impl Fn(&mut Order) -> Result<Revision, ShippingRefusal>,
        now: Timestamp,
    ) -> Result<ShipOutcome, ShipError> {
        let seen = match seen {
            Some(order) => Some(order),
            None => self.shipping.orders.recent(order_id).await?,
        };
        let outcome = match self.shipping.orders.revise_seen(order_id, seen, begin).await? {
            ReviseOutcome::Revised(order) if order.has_departed() => ShipOutcome::Shipped(order),
            ReviseOutcome::Revised(order) => self.shipping.take_and_leave(*order, departures, now).await?,
            ReviseOutcome::Refused(order, refusal) => ShipOutcome::of_refusal(*order, refusal),
            ReviseOutcome::Unknown => ShipOutcome::Unknown,
        };
        if let ShipOutcome::Shipped(order) = &outcome
            && let Err(error) = self.follow.follow(order).await
        {
            // It has left; the work list learns of it by the order's event.
            tracing::warn!(%order_id, %error, "the fulfilments do not follow yet");
        }
        Ok(outcome)
    }
}

impl Shipping {
    /// Goes on with whatever is about to leave of an order (steps "ship 2" and "ship 3").
    ///
    /// # Errors
    /// [`ShipError`]; repeating it is safe.
    pub async fn resume(&self, order_id: &OrderId, now: Timestamp) -> Result<ShipOutcome, ShipError> {
        let Some(order) = self.orders.get(order_id).await? else { return Ok(ShipOutcome::Unknown) };
        if order.status == OrderStatus::Confirmed && !order.leaving().is_empty() {
            let captured = resume_capture(&self.payments, &self.gateway, order_id, now).await?;
            // Whoever has heard since that their parcels stay has said so in the order.
            return self.leave(order, captured, Order::leaving, None, now).await;
        }
        let outcome = match order.has_departed() {
            true => {
                refund_shortfall(&self.payments, &order, now).await?;
                ShipOutcome::Shipped(Box::new(order))
            }
            false => ShipOutcome::of_unconfirmed(order),
        };
        self.payments.end_capture(order_id, matches!(outcome, ShipOutcome::Shipped(_))).await?;
        Ok(outcome)
    }

    async fn take_and_leave(
        &self,
        order: Order,
        departures: &Departures,
        now: Timestamp,
    ) -> Result<ShipOutcome, ShipError> {
        let captured = capture(&self.payments, &self.gateway, &order.order_id, Some(order.due()), now).await?;
        self.leave(order, captured, |_| departures.clone(), Some(departures), now).await
    }

    /// Where the money is taken, what departs leaves; where it is not to be had, a caller's parcels stay.
    async fn leave(
        &self,
        seen: Order,
        captured: CaptureOutcome,
        departs: impl Fn(&Order) -> Departures,
        callers: Option<&Departures>,
        now: Timestamp,
    ) -> Result<ShipOutcome, ShipError> {
        let order_id = &seen.order_id.clone();
        let outcome = match captured {
            CaptureOutcome::Captured => {
                let rule = |order: &mut Order| order.leave(&departs(order), now);
                match self.orders.revise_seen(order_id, Some(seen), rule).await? {
                    ReviseOutcome::Revised(order) => {
                        // Units may have been missed since it was read what is due.
                        refund_shortfall(&self.payments, &order, now).await?;
                        ShipOutcome::Shipped(order)
                    }
                    // Cancelled between capture and here: the goods stay, and the saga refunds.
                    ReviseOutcome::Refused(order, refusal) => ShipOutcome::of_refusal(*order, refusal),
                    ReviseOutcome::Unknown => ShipOutcome::Unknown,
                }
            }
            CaptureOutcome::NotAuthorized(state) => {
                self.stay(order_id, callers, now).await?;
                ShipOutcome::NotAuthorized(state)
            }
            CaptureOutcome::Lapsed => self.cancel(order_id, now).await?,
            CaptureOutcome::Refused { code, message } => {
                self.stay(order_id, callers, now).await?;
                ShipOutcome::CaptureRefused { code, message }
            }
        };
        let nothing_is_leaving = matches!(&outcome, ShipOutcome::Shipped(order) if order.leaving().is_empty());
        self.payments.end_capture(order_id, nothing_is_leaving).await?;
        Ok(outcome)
    }

    /// Whoever hears that the parcels cannot leave must not find later that they did.
    async fn stay(&self, order_id: &OrderId, callers: Option<&Departures>, since: Timestamp) -> Result<(), StoreError> {
        // Of the sweeper nobody hears.
        let Some(departures) = callers else { return Ok(()) };
        let rule = |order: &mut Order| Ok::<_, std::convert::Infallible>(order.stay(departures, since));
        self.orders.revise(order_id, rule).await.map(drop)
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
    fn of_refusal(order: Order, refusal: ShippingRefusal) -> Self {
        match refusal {
            ShippingRefusal::Illegal(_) => Self::of_unconfirmed(order),
            refusal => Self::Refused(refusal),
        }
    }

    /// What an order that is not confirmed any more, or not yet, says of its shipment.
    pub fn of_unconfirmed(order: Order) -> Self {
        match order.status {
            status if status.has_left() => Self::Shipped(Box::new(order)),
            _ if order.cancel_reason == Some(CancelReason::AuthorizationLapsed) => Self::Lapsed,
            status => Self::Illegal(status),
        }
    }
}
