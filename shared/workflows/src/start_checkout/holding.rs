//! The second edition: a checkout that holds its units in the rows of stock themselves. Which one it is (step P1); its rows
//! stand in `rows`, and how it takes them in `taking`.

use jiff::SignedDuration;
use souk_domain::{
    ids::{CheckoutId, OrderId, UserId},
    order::{HeldBy, LineRows, OrderLine, OrderStatus},
    stock::{Area, StockRow},
};
use souk_dynamo::StoreError;
use souk_orders::{Checkout, CheckoutState, CloseOutcome, CloseReason, OpenOutcome};
use souk_wiring::Call;

use super::{Choice, Outcome, StartCheckout, Stop, payable, taking::Taking};
use crate::{PriceChange, holds::release_closed};

/// How often a cart's version may be checked out again after its checkout came to nothing.
const ATTEMPTS: u32 = 50;
/// How late a checkout's timer may be: until then its units are its shopper's own.
const TIMERS_COME_WITHIN: SignedDuration = SignedDuration::from_hours(1);

/// Where the id of a new checkout leads.
enum Place {
    /// To a new one.
    New(CheckoutId),
    /// To one that is there and open: it goes on holding.
    Open(Box<Checkout>),
}

/// The shopper's other open checkouts, read once they are asked for.
#[derive(Default)]
pub(super) struct Others {
    open: Option<Vec<Checkout>>,
    /// Those that were closed for their units, or so that this one can take their place.
    pub(super) closed: Vec<Checkout>,
}

impl StartCheckout {
    /// Makes the checkout, or finds it: the same request makes the same one.
    pub(super) async fn hold(
        &self,
        user_id: &UserId,
        choice: &Choice,
        (ship_to, key): (Option<&Area>, Option<&str>),
        call: &Call,
    ) -> Result<(Checkout, Vec<PriceChange>), Stop> {
        let mut others = Others::default();
        let (checkout, changes) = match self.place(user_id, choice, key, &mut others, call).await? {
            Place::Open(checkout) => (*checkout, Vec::new()),
            Place::New(checkout_id) => {
                let (lines, changes) = self.priced(choice).await?;
                let rows = self.rows_of((user_id, &checkout_id), &lines, ship_to, &mut others, call).await?;
                (self.opened(user_id, choice, checkout_id, (lines, rows), call).await?, changes)
            }
        };
        let taken = Taking::of(self, &checkout, &mut others, call).take().await;
        // What else they held is nobody's any more.
        for closed in std::mem::take(&mut others.closed) {
            release_closed(&self.stock, &closed, call.now).await?;
        }
        taken?;
        self.replace_older(&checkout, &mut others, call).await?;
        Ok((checkout, changes))
    }

    /// The id follows from the cart's version, of which one order can come; or where lines are named from the request's key.
    /// Lines without a key are a checkout of their own.
    async fn place(
        &self,
        user_id: &UserId,
        choice: &Choice,
        key: Option<&str>,
        others: &mut Others,
        call: &Call,
    ) -> Result<Place, Stop> {
        match (choice.cart_version, key) {
            (Some(version), _) => self.place_of_cart(user_id, version, choice, others, call).await,
            (None, Some(key)) => {
                let checkout_id = CheckoutId::of_request(user_id, key);
                match self.checkouts.get(&checkout_id).await? {
                    None => Ok(Place::New(checkout_id)),
                    Some(found) if !is_of(&found, choice) => Err(Stop::Refused(Outcome::KeyReused)),
                    Some(found) if is_open(&found, call) => Ok(Place::Open(Box::new(found))),
                    Some(found) => Err(Stop::Refused(Outcome::Over(Box::new(found)))),
                }
            }
            (None, None) => Ok(Place::New(CheckoutId::from_uuid(call.new_id()))),
        }
    }

    /// The cart's checkout; or where that came to nothing, or its prices are old, its next one. Only once nobody can
    /// order the one before.
    async fn place_of_cart(
        &self,
        user_id: &UserId,
        version: u64,
        choice: &Choice,
        others: &mut Others,
        call: &Call,
    ) -> Result<Place, Stop> {
        for attempt in 0..ATTEMPTS {
            let checkout_id = CheckoutId::of_cart(user_id, version, attempt);
            let Some(found) = self.checkouts.get(&checkout_id).await? else { return Ok(Place::New(checkout_id)) };
            let found = match found.state {
                Some(CheckoutState::Open)
                    if is_open(&found, call) && self.has_present_prices(&found, choice).await? =>
                {
                    return Ok(Place::Open(Box::new(found)));
                }
                Some(CheckoutState::Open) => {
                    match self.checkouts.close(&checkout_id, CloseReason::Replaced, call.now).await? {
                        CloseOutcome::Closed(found) | CloseOutcome::Ordered(found) => *found,
                        CloseOutcome::Absent => continue,
                    }
                }
                _ => found,
            };
            if found.state == Some(CheckoutState::Ordered) {
                let order = self.orders.get(&OrderId::of_checkout(&checkout_id)).await?;
                if order.is_none_or(|order| order.status != OrderStatus::Cancelled) {
                    return Err(Stop::Refused(Outcome::CartOrdered));
                }
            } else if found.close_reason == Some(CloseReason::Replaced)
                && found.expires_at + TIMERS_COME_WITHIN > call.now
            {
                // What it still holds is the shopper's own.
                others.closed.push(found);
            }
        }
        Err(Stop::Refused(Outcome::Busy))
    }

    async fn has_present_prices(&self, found: &Checkout, choice: &Choice) -> Result<bool, Stop> {
        Ok(self.priced(choice).await?.0 == found.lines)
    }

    /// P1. The timer is set before there is anything to end: a checkout without one would never end.
    async fn opened(
        &self,
        user_id: &UserId,
        choice: &Choice,
        checkout_id: CheckoutId,
        (lines, rows): (Vec<OrderLine>, Vec<LineRows>),
        call: &Call,
    ) -> Result<Checkout, Stop> {
        let total = payable(&lines)?;
        let checkout = Checkout {
            checkout_id,
            user_id: user_id.clone(),
            lines,
            total,
            held_by: HeldBy::Rows { rows },
            state: Some(CheckoutState::Open),
            close_reason: None,
            cart_version: choice.cart_version,
            created_at: call.now,
            expires_at: call.now + self.reservation_length,
            order_id: None,
            abandoned: false,
        };
        // What it held, once it is closed or ordered, is found to be over where room is needed.
        self.make_room(&checkout, call).await?;
        if let Err(error) = self.timers.start_checkout(&checkout.checkout_id, checkout.expires_at, call.now).await {
            return Err(Stop::Store(StoreError::Unavailable(format!("no timer: {error}"))));
        }
        match self.checkouts.open(&checkout).await? {
            OpenOutcome::Opened => Ok(checkout),
            OpenOutcome::Found(found) if is_open(&found, call) => Ok(*found),
            OpenOutcome::Found(found) => Err(Stop::Refused(Outcome::Over(found))),
        }
    }

    /// P3: checkouts of earlier versions of the cart are over once its next one holds its units.
    async fn replace_older(&self, checkout: &Checkout, others: &mut Others, call: &Call) -> Result<(), Stop> {
        let Some(version) = checkout.cart_version else { return Ok(()) };
        let all = others.all(self, &checkout.user_id, call).await?;
        let earlier = |other: &&Checkout| {
            other.cart_version.is_some_and(|earlier| earlier < version) && other.place() < checkout.place()
        };
        for other in all.iter().filter(earlier) {
            let closed = self.checkouts.close(&other.checkout_id, CloseReason::Replaced, call.now).await?;
            if let CloseOutcome::Closed(closed) = closed {
                release_closed(&self.stock, &closed, call.now).await?;
            }
        }
        Ok(())
    }
}

impl Others {
    pub(super) async fn all(
        &mut self,
        start: &StartCheckout,
        user_id: &UserId,
        call: &Call,
    ) -> Result<&[Checkout], StoreError> {
        if self.open.is_none() {
            self.open = Some(start.checkouts.open_of(user_id, call.now - TIMERS_COME_WITHIN).await?);
        }
        Ok(self.open.as_deref().unwrap_or_default())
    }
}

fn is_open(checkout: &Checkout, call: &Call) -> bool {
    checkout.state == Some(CheckoutState::Open) && checkout.expires_at > call.now
}

/// True where the checkout was made of this choice.
fn is_of(checkout: &Checkout, choice: &Choice) -> bool {
    checkout.cart_version == choice.cart_version
        && checkout.lines.len() == choice.lines.len()
        && checkout
            .lines
            .iter()
            .all(|line| choice.lines.get(&line.sku).is_some_and(|(units, _)| *units == line.quantity))
}

pub(super) fn held_of(row: &StockRow, checkout_id: &CheckoutId) -> u32 {
    row.holds.get(checkout_id).map_or(0, |entry| entry.held())
}
