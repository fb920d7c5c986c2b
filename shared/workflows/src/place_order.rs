//! A checkout becomes an order, and the order's saga starts. A request that is repeated finds its order.

use jiff::SignedDuration;
use souk_domain::{
    ids::{CheckoutId, OrderId, Sku, UserId},
    order::{Actor, Address, FromCheckout, Order, OrderStatus, Origin, TotalError, Transition, total},
};
use souk_dynamo::StoreError;
use souk_orders::{
    Archive, AttachOutcome, Checkout, CheckoutState, Checkouts, Orders, PlaceOutcome, PutOutcome, Saga, find, place,
};
use souk_payments::{PaymentRecord, PaymentRecords};
use souk_pricing::{Offer, Prices};
use souk_wiring::{Call, FromEnvironment};

use crate::PriceChange;

/// All that an order is made of.
#[derive(Debug, FromEnvironment)]
pub struct PlaceOrder {
    orders: Orders,
    archive: Archive,
    checkouts: Checkouts,
    prices: Prices,
    payments: PaymentRecords,
    saga: Saga,
    #[variable("PAYMENT_SECONDS")]
    time_to_pay: SignedDuration,
}

/// What the shopper asks for.
#[derive(Debug)]
pub struct Request {
    /// Who.
    pub user_id: UserId,
    /// The request's own name: the same key is the same order.
    pub idempotency_key: String,
    /// A digest of what the request says, which tells a repeat from a reused key.
    pub digest: String,
    /// The checkout to be ordered.
    pub checkout_id: CheckoutId,
    /// The gateway's token of how it is paid.
    pub payment_method: String,
    /// Where it goes.
    pub shipping_address: Address,
}

/// How it ended.
#[derive(Debug)]
#[must_use]
pub enum Outcome {
    /// The order is placed.
    Placed(Box<Order>),
    /// It was placed before: the order as it is now, with its payment where there is one.
    Repeated(Box<Order>, Option<Box<PaymentRecord>>),
    /// The key was used for another request.
    KeyReused,
    /// The checkout is not there, or another user's.
    NoCheckout,
    /// Another order has consumed it.
    CheckoutConsumed,
    /// Its time is over, or it was given up.
    CheckoutExpired,
    /// Its cart was ordered through another checkout.
    CartConsumed,
    /// This SKU is not sold any more.
    NotForSale(Sku),
    /// Prices have changed since: nothing is ordered at a price that the shopper has not seen.
    PriceChanged(Vec<PriceChange>),
    /// Somebody else wrote the same items: nothing happened, try again.
    Contention,
}

/// The order could not be placed, or it is not known whether it was: the same request finds out.
#[derive(Debug, thiserror::Error)]
pub enum PlaceOrderError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The checkout's lines have no sum, although they had one.
    #[error(transparent)]
    Total(#[from] TotalError),
}

impl PlaceOrder {
    /// Places the order, or finds it.
    ///
    /// # Errors
    /// [`PlaceOrderError`].
    pub async fn run(&self, request: Request, call: &Call) -> Result<Outcome, PlaceOrderError> {
        let checkout = self.checkouts.to_order(&request.checkout_id, &request.user_id, call.now).await?;
        if let Some(checkout) = checkout.as_ref().filter(|checkout| checkout.held_by.rows().is_some()) {
            return self.place_of_holds(request, checkout.clone(), call).await;
        }
        let order_id = OrderId::of_request(&request.user_id, &request.idempotency_key);
        // Most repeats end here. The archive too: an order that left the hot table is still this key's.
        if let Some(known) = find(&self.orders, &self.archive, &order_id).await? {
            return Ok(self.repeated(known, &request.digest).await?);
        }
        let Some(checkout) = checkout else { return Ok(self.of_forgotten(request).await?) };
        if checkout.order_id.is_some() {
            // A repeat of this very request may have come in between.
            return Ok(match find(&self.orders, &self.archive, &order_id).await? {
                Some(known) => self.repeated(known, &request.digest).await?,
                None => Outcome::CheckoutConsumed,
            });
        }
        if let Some(refused) = self.check_prices(&checkout).await? {
            return Ok(refused);
        }
        let origin = FromCheckout {
            checkout_id: checkout.checkout_id.clone(),
            held_by: checkout.held_by.clone(),
            cart_version: checkout.cart_version,
            request_digest: request.digest.clone(),
        };
        let order = self.compose(order_id, request, origin.clone(), checkout, call)?;
        Ok(match place(&self.orders, &self.checkouts, &order, &origin, call.now).await? {
            PlaceOutcome::Placed => {
                self.saga.try_start(&order.order_id).await;
                Outcome::Placed(Box::new(order))
            }
            PlaceOutcome::Exists(known) => self.repeated(*known, &origin.request_digest).await?,
            PlaceOutcome::CheckoutConsumed => Outcome::CheckoutConsumed,
            PlaceOutcome::CheckoutExpired => Outcome::CheckoutExpired,
            PlaceOutcome::CartConsumed => Outcome::CartConsumed,
            PlaceOutcome::Contention => Outcome::Contention,
        })
    }

    /// The second edition: attach the checkout (O1), then write its order (O2), whose id is the checkout's. Whoever dies
    /// in between leaves an attached checkout, on which the same request goes on.
    async fn place_of_holds(
        &self,
        request: Request,
        checkout: Checkout,
        call: &Call,
    ) -> Result<Outcome, PlaceOrderError> {
        let order_id = OrderId::of_checkout(&checkout.checkout_id);
        match checkout.state {
            Some(CheckoutState::Ordered) => {
                if let Some(known) = find(&self.orders, &self.archive, &order_id).await? {
                    return Ok(self.known(known, &request.digest).await?);
                }
            }
            Some(CheckoutState::Open) if checkout.expires_at > call.now => {
                if let Some(refused) = self.check_prices(&checkout).await? {
                    return Ok(refused);
                }
                if self.checkouts.attach(&checkout.checkout_id, call.now).await? == AttachOutcome::Closed {
                    return Ok(Outcome::CheckoutExpired);
                }
            }
            Some(CheckoutState::Open | CheckoutState::Closed) | None => return Ok(Outcome::CheckoutExpired),
        }
        let origin = FromCheckout {
            checkout_id: checkout.checkout_id.clone(),
            held_by: checkout.held_by.clone(),
            cart_version: checkout.cart_version,
            request_digest: request.digest.clone(),
        };
        let digest = request.digest.clone();
        let order = self.compose(order_id, request, origin, checkout, call)?;
        Ok(match self.orders.put_of_holds(&order).await? {
            PutOutcome::Put => {
                self.saga.try_start(&order.order_id).await;
                Outcome::Placed(Box::new(order))
            }
            PutOutcome::Exists(known) => self.known(*known, &digest).await?,
        })
    }

    /// The order that the checkout has already.
    async fn known(&self, order: Order, digest: &str) -> Result<Outcome, StoreError> {
        match order.origin.checkout() {
            // The mark that its request never came: this one came too late.
            Some(checkout) if checkout.request_digest.is_empty() => Ok(Outcome::CheckoutExpired),
            Some(checkout) if checkout.is_of_request(digest) => self.repeated(order, digest).await,
            _ => Ok(Outcome::CheckoutConsumed),
        }
    }

    /// A checkout that is not there, or forgotten after its order.
    async fn of_forgotten(&self, request: Request) -> Result<Outcome, StoreError> {
        let order_id = OrderId::of_checkout(&request.checkout_id);
        match find(&self.orders, &self.archive, &order_id).await? {
            Some(order) if order.user_id == request.user_id => self.known(order, &request.digest).await,
            _ => Ok(Outcome::NoCheckout),
        }
    }

    /// The same order again, and whatever its first answer may have died before doing.
    async fn repeated(&self, order: Order, digest: &str) -> Result<Outcome, StoreError> {
        if order.origin.checkout().is_none_or(|checkout| !checkout.is_of_request(digest)) {
            return Ok(Outcome::KeyReused);
        }
        if order.status == OrderStatus::PendingPayment {
            self.saga.try_start(&order.order_id).await;
        }
        let payment = self.payments.get(&order.order_id).await?;
        Ok(Outcome::Repeated(Box::new(order), payment.map(Box::new)))
    }

    async fn check_prices(&self, checkout: &Checkout) -> Result<Option<Outcome>, StoreError> {
        let offers = self.prices.get_many(checkout.lines.iter().map(|line| &line.sku)).await?;
        let mut changes = Vec::new();
        for line in &checkout.lines {
            let Some(present) = offers.get(&line.sku).and_then(Offer::sellable_at) else {
                return Ok(Some(Outcome::NotForSale(line.sku.clone())));
            };
            if present != line.unit_price {
                changes.push(PriceChange { sku: line.sku.clone(), from: line.unit_price, to: present });
            }
        }
        Ok((!changes.is_empty()).then_some(Outcome::PriceChanged(changes)))
    }

    fn compose(
        &self,
        order_id: OrderId,
        request: Request,
        origin: FromCheckout,
        checkout: Checkout,
        call: &Call,
    ) -> Result<Order, TotalError> {
        let total = total(&checkout.lines)?;
        let placed = Transition { status: OrderStatus::PendingPayment, at: call.now, by: Actor::Customer };
        Ok(Order {
            order_id,
            user_id: request.user_id,
            status: OrderStatus::PendingPayment,
            version: 1,
            origin: Origin::Checkout(origin),
            lines: checkout.lines,
            total,
            shipping_address: Some(request.shipping_address),
            payment_method: Some(request.payment_method),
            created_at: call.now,
            pay_by: call.now + self.time_to_pay,
            settled: false,
            cancel_reason: None,
            shipments: Vec::new(),
            shortages: Vec::new(),
            history: vec![placed],
            promise: None,
            address_changes: Vec::new(),
            stock: souk_domain::order::StockTrail::default(),
        })
    }
}
