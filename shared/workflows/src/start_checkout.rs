//! Units are held for a shopper at present prices: for the whole cart, or for lines that they name.

mod holding;
mod rows;
mod taking;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use souk_cart::Carts;
use souk_domain::{
    ids::{CheckoutId, Sku, UserId},
    money::{Money, Unpayable},
    order::{HeldBy, OrderLine, TotalError, total},
    quantity::Quantity,
    stock::{Area, Shortage},
};
use souk_dynamo::StoreError;
use souk_inventory::{NearWarehouses, Reservations, ReserveOutcome, ReserveRequest, StockRows};
use souk_orders::{Checkout, Checkouts, Opening, Orders, RoomOutcome, ShopperLimits};
use souk_pricing::Prices;
use souk_wiring::{Call, FromEnvironment, metrics};

use crate::{OrderProtocol, PriceChange, reservation_timers::ReservationTimers};

/// Cart, prices, stock, checkouts and the timer.
#[derive(Debug, FromEnvironment)]
pub struct StartCheckout {
    carts: Carts,
    prices: Prices,
    reservations: Reservations,
    stock: StockRows,
    warehouses: NearWarehouses,
    checkouts: Checkouts,
    orders: Orders,
    timers: ReservationTimers,
    #[variable("RESERVATION_SECONDS")]
    reservation_length: SignedDuration,
    #[variable("SHOPPER_CHECKOUTS")]
    checkouts_at_once: u32,
    #[variable("SHOPPER_UNITS")]
    units_at_once: u32,
    #[variable("ORDER_PROTOCOL")]
    protocol: OrderProtocol,
}

/// What the shopper wants to buy.
#[derive(Debug)]
pub enum Wanted {
    /// All that is in their cart.
    Cart,
    /// These, one line a SKU.
    Lines(BTreeMap<Sku, Quantity>),
}

/// How it ended.
#[derive(Debug)]
#[must_use]
pub enum Outcome {
    /// The units are held. What has changed since the lines were put into the cart is told once.
    Started(Box<Checkout>, Vec<PriceChange>),
    /// There is nothing in the cart.
    CartEmpty,
    /// This version of the cart was ordered.
    CartOrdered,
    /// Nobody knows this SKU.
    UnknownSku(Sku),
    /// This SKU is not sold any more.
    NotForSale(Sku),
    /// The idempotency key was used for another checkout.
    KeyReused,
    /// The request's checkout is over, or an order has it.
    Over(Box<Checkout>),
    /// The sum is more than the gateway takes.
    TotalTooLarge(TotalError),
    /// Its lines cost less than the gateway charges: they have prices of before such were refused.
    TotalTooSmall(Unpayable),
    /// Of this SKU no order may have more than so many units.
    AboveOrderLimit(Sku, Quantity),
    /// The shopper has as many open checkouts as they may; the first of them ends then.
    TooManyCheckouts(Timestamp),
    /// The shopper's open checkouts hold so many units, and no more than so many may be held at once.
    TooManyUnits {
        /// Held now.
        held: u32,
        /// The most.
        most: u32,
    },
    /// There are too few units.
    OutOfStock(Shortage),
    /// The units lie in too many warehouses for one order.
    Scattered,
    /// Others were faster at the same stock, again and again: try again.
    Busy,
}

/// Each SKU with what the shopper was shown of its price.
struct Choice {
    lines: BTreeMap<Sku, (Quantity, Option<Money>)>,
    cart_version: Option<u64>,
}

/// Why a step leads no further.
enum Stop {
    /// There will be no checkout, which is an outcome.
    Refused(Outcome),
    /// Nobody knows.
    Store(StoreError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl StartCheckout {
    /// Makes a checkout. Where it is known to go, the warehouses there send first.
    ///
    /// # Errors
    /// [`StoreError`]: units may be held that nobody will order; the sweeper frees them.
    pub async fn run(
        &self,
        user_id: UserId,
        wanted: Wanted,
        ship_to: Option<&Area>,
        idempotency_key: Option<&str>,
        call: &Call,
    ) -> Result<Outcome, StoreError> {
        match self.start(user_id, wanted, ship_to, idempotency_key, call).await {
            Ok((checkout, changes)) => Ok(Outcome::Started(Box::new(checkout), changes)),
            Err(Stop::Refused(outcome)) => Ok(outcome),
            Err(Stop::Store(error)) => Err(error),
        }
    }

    async fn start(
        &self,
        user_id: UserId,
        wanted: Wanted,
        ship_to: Option<&Area>,
        idempotency_key: Option<&str>,
        call: &Call,
    ) -> Result<(Checkout, Vec<PriceChange>), Stop> {
        let choice = match wanted {
            Wanted::Lines(lines) => {
                Choice { lines: lines.into_iter().map(|(sku, q)| (sku, (q, None))).collect(), cart_version: None }
            }
            Wanted::Cart => self.whole_cart(&user_id, call).await?,
        };
        if self.protocol == OrderProtocol::Second {
            return self.hold(&user_id, &choice, (ship_to, idempotency_key), call).await;
        }
        let (lines, changes) = self.priced(&choice).await?;
        let total = payable(&lines)?;
        let checkout_id = CheckoutId::from_uuid(call.new_id());
        let checkout = Checkout {
            held_by: HeldBy::Reservation { reservation_id: checkout_id.reservation() },
            state: None,
            close_reason: None,
            checkout_id,
            user_id,
            lines,
            total,
            cart_version: choice.cart_version,
            created_at: call.now,
            expires_at: call.now + self.reservation_length,
            order_id: None,
            abandoned: false,
        };
        let opening = self.make_room(&checkout, call).await?;
        if let Err(stop) = self.reserve(&checkout, ship_to, call).await {
            self.leave_room(&checkout, &opening, &stop).await;
            return Err(stop);
        }
        self.checkouts.create(&checkout).await?;
        Ok((checkout, changes))
    }

    /// Counts the checkout among its shopper's, where they have room for it.
    async fn make_room(&self, checkout: &Checkout, call: &Call) -> Result<Opening, Stop> {
        let units = checkout.lines.iter().fold(0_u32, |sum, line| sum.saturating_add(line.quantity.get()));
        let opening = Opening { checkout_id: checkout.checkout_id.clone(), units, until: checkout.expires_at };
        let limits = ShopperLimits { checkouts: self.checkouts_at_once, units: self.units_at_once };
        Err(Stop::Refused(match self.checkouts.make_room(&checkout.user_id, limits, &opening, call.now).await? {
            RoomOutcome::Counted => return Ok(opening),
            RoomOutcome::TooMany(until) => Outcome::TooManyCheckouts(until),
            RoomOutcome::TooManyUnits(held) => Outcome::TooManyUnits { held, most: limits.units },
            RoomOutcome::Busy => Outcome::Busy,
        }))
    }

    /// What holds nothing is not counted. Where nobody knows it stays counted until its time is over.
    async fn leave_room(&self, checkout: &Checkout, opening: &Opening, stop: &Stop) {
        if matches!(stop, Stop::Refused(_))
            && let Err(error) = self.checkouts.leave_room(&checkout.user_id, opening).await
        {
            tracing::warn!(checkout_id = %checkout.checkout_id, %error, "a checkout that came to nothing is counted");
        }
    }

    async fn whole_cart(&self, user_id: &UserId, call: &Call) -> Result<Choice, Stop> {
        let cart = self.carts.of_user(user_id, call.now).await?;
        if cart.lines.is_empty() {
            return Err(Stop::Refused(Outcome::CartEmpty));
        }
        if self.checkouts.cart_is_ordered(user_id, cart.version).await? {
            return Err(Stop::Refused(Outcome::CartOrdered));
        }
        let lines = cart.lines.into_iter().map(|(sku, line)| (sku, (line.quantity, line.seen_price))).collect();
        Ok(Choice { lines, cart_version: Some(cart.version) })
    }

    /// The lines at present prices, and where those differ from what the cart showed.
    async fn priced(&self, choice: &Choice) -> Result<(Vec<OrderLine>, Vec<PriceChange>), Stop> {
        let offers = self.prices.get_many(choice.lines.keys()).await?;
        let mut lines = Vec::with_capacity(choice.lines.len());
        let mut changes = Vec::new();
        for (sku, (quantity, seen)) in &choice.lines {
            let known = offers.get(sku).filter(|offer| !offer.is_unknown());
            let known = known.ok_or_else(|| Stop::Refused(Outcome::UnknownSku(sku.clone())))?;
            let unit_price = known.sellable_at().ok_or_else(|| Stop::Refused(Outcome::NotForSale(sku.clone())))?;
            if let Some(most) = known.max_per_order.filter(|most| quantity.get() > most.get()) {
                return Err(Stop::Refused(Outcome::AboveOrderLimit(sku.clone(), most)));
            }
            if let Some(from) = seen.filter(|seen| *seen != unit_price) {
                changes.push(PriceChange { sku: sku.clone(), from, to: unit_price });
            }
            lines.push(OrderLine {
                sku: sku.clone(),
                title: known.title.clone(),
                variant: known.variant.clone(),
                quantity: *quantity,
                unit_price,
            });
        }
        Ok((lines, changes))
    }

    /// Holds the units and starts the timer. The reservation comes first: a timer that is lost, or a checkout
    /// that is never stored, leaves units that the sweeper frees.
    async fn reserve(&self, checkout: &Checkout, ship_to: Option<&Area>, call: &Call) -> Result<(), Stop> {
        let request = ReserveRequest {
            reservation_id: checkout.checkout_id.reservation(),
            lines: checkout.lines.iter().map(|line| (line.sku.clone(), line.quantity)).collect(),
            expires_at: checkout.expires_at,
            nearest: self.warehouses.to(ship_to, call.now).await?,
        };
        match self.reservations.reserve(&request, call.now).await? {
            ReserveOutcome::Reserved(_, cost) => {
                let counts = [("attempts", f64::from(cost.attempts)), ("write_units", cost.write_units)];
                metrics::emit("reserve", "Count", &counts);
            }
            ReserveOutcome::Exists(_) => {}
            ReserveOutcome::OutOfStock(shortage) => return Err(Stop::Refused(Outcome::OutOfStock(shortage))),
            ReserveOutcome::Scattered => return Err(Stop::Refused(Outcome::Scattered)),
            ReserveOutcome::Busy => return Err(Stop::Refused(Outcome::Busy)),
        }
        if let Err(error) = self.timers.start(&checkout.checkout_id.reservation(), checkout.expires_at, call.now).await
        {
            let reservation_id = checkout.checkout_id.reservation();
            tracing::warn!(%reservation_id, %error, "no timer; the sweeper will free the units");
        }
        Ok(())
    }
}

/// What the lines cost together, where that can be paid.
fn payable(lines: &[OrderLine]) -> Result<Money, Stop> {
    let total = total(lines).map_err(|error| Stop::Refused(Outcome::TotalTooLarge(error)))?;
    total.payable().map_err(|why| Stop::Refused(Outcome::TotalTooSmall(why)))
}
