//! A checkout's time may be over that holds its units in rows of stock: they are for sale again, unless an order has it
//! (steps T1 to T3). What comes of an order that has it is its saga's affair.

use jiff::{SignedDuration, Timestamp};
use souk_domain::{
    ids::{CheckoutId, OrderId},
    order::{Actor, CancelReason, FromCheckout, Order, OrderStatus, Origin, StockTrail, Transition},
};
use souk_inventory::StockRows;
use souk_orders::{
    Archive, Checkout, CheckoutState, Checkouts, CloseOutcome, CloseReason, Orders, PutOutcome, Saga, find,
};
use souk_wiring::FromEnvironment;

use crate::{
    expire_reservation::{ExpireError, Expiry},
    holds::release_closed,
};

/// The timer is set before the checkout is stored: for so long one that is not there may still come.
const MAY_COME: SignedDuration = SignedDuration::from_secs(120);
/// An attached checkout without an order may be on its way to it: the request takes seconds.
const ORDER_COMES_WITHIN: SignedDuration = SignedDuration::from_secs(60);

/// Checkouts, their rows, and their orders.
#[derive(Debug, FromEnvironment)]
pub struct ExpireCheckout {
    checkouts: Checkouts,
    rows: StockRows,
    orders: Orders,
    archive: Archive,
    saga: Saga,
}

impl ExpireCheckout {
    /// Ends a checkout that no order came for in time. `look_at` is when its time was to be over.
    ///
    /// # Errors
    /// [`ExpireError`]; repeating is safe.
    pub async fn run(&self, id: &CheckoutId, look_at: Timestamp, now: Timestamp) -> Result<Expiry, ExpireError> {
        let Some(checkout) = self.checkouts.recent(id).await? else {
            let until = look_at + MAY_COME;
            return Ok(if now < until { Expiry::NotYet(until) } else { Expiry::Over });
        };
        match checkout.state {
            Some(CheckoutState::Open) if now < checkout.expires_at => Ok(Expiry::NotYet(checkout.expires_at)),
            Some(CheckoutState::Open) => match self.checkouts.close(id, CloseReason::Expired, now).await? {
                CloseOutcome::Closed(closed) => self.release(&closed, now).await,
                CloseOutcome::Ordered(ordered) => self.see_to_order(*ordered, now).await,
                CloseOutcome::Absent => Ok(Expiry::Over),
            },
            Some(CheckoutState::Closed) => self.release(&checkout, now).await,
            Some(CheckoutState::Ordered) => self.see_to_order(checkout, now).await,
            // It has a reservation, which has a timer of its own.
            None => Ok(Expiry::Over),
        }
    }

    /// T2.
    async fn release(&self, closed: &Checkout, now: Timestamp) -> Result<Expiry, ExpireError> {
        release_closed(&self.rows, closed, now).await?;
        Ok(Expiry::Over)
    }

    /// T3, where the order never came; else its saga is started once its time to pay is over.
    async fn see_to_order(&self, checkout: Checkout, now: Timestamp) -> Result<Expiry, ExpireError> {
        let order_id = OrderId::of_checkout(&checkout.checkout_id);
        let seen = match self.orders.recent(&order_id).await? {
            Some(order) => Some(order),
            None => find(&self.orders, &self.archive, &order_id).await?,
        };
        let found = match seen {
            Some(order) => order,
            None if now < checkout.expires_at + ORDER_COMES_WITHIN => {
                return Ok(Expiry::NotYet(checkout.expires_at + ORDER_COMES_WITHIN));
            }
            None => {
                let mark = never_came(checkout, order_id, now);
                match self.orders.put_of_holds(&mark).await? {
                    PutOutcome::Put => mark,
                    PutOutcome::Exists(order) => *order,
                }
            }
        };
        if found.status == OrderStatus::PendingPayment && now < found.pay_by {
            return Ok(Expiry::NotYet(found.pay_by));
        }
        if found.settled {
            return Ok(Expiry::Over);
        }
        self.saga.start(&found.order_id).await?;
        Ok(Expiry::LeftToSaga)
    }
}

/// The mark that says so: whatever arrives later finds it. Its saga gives the units back.
fn never_came(checkout: Checkout, order_id: OrderId, now: Timestamp) -> Order {
    let status = OrderStatus::Cancelled;
    Order {
        order_id,
        user_id: checkout.user_id,
        status,
        version: 1,
        origin: Origin::Checkout(FromCheckout {
            checkout_id: checkout.checkout_id,
            held_by: checkout.held_by,
            cart_version: checkout.cart_version,
            request_digest: String::new(),
        }),
        lines: checkout.lines,
        total: checkout.total,
        shipping_address: None,
        payment_method: None,
        created_at: now,
        pay_by: now,
        settled: false,
        cancel_reason: Some(CancelReason::ReservationLost),
        shipments: Vec::new(),
        shortages: Vec::new(),
        history: vec![Transition { status, at: now, by: Actor::Saga }],
        promise: None,
        address_changes: Vec::new(),
        stock: StockTrail::default(),
    }
}
