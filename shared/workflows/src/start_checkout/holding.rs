//! The second edition: a checkout that holds its units in the rows of stock themselves (steps P1 to P5).

use jiff::SignedDuration;
use souk_domain::{
    ids::{CheckoutId, OrderId, Sku, UserId, WarehouseId},
    order::{HeldBy, LineRows, OrderLine, OrderStatus},
    stock::{Allocation, Area, Demand, Holding, Shortage, StockRow, Wish, allocate},
};
use souk_dynamo::StoreError;
use souk_inventory::Found;
use souk_orders::{Checkout, CheckoutState, CloseOutcome, CloseReason, OpenOutcome};
use souk_wiring::{Call, metrics};

use super::{Choice, Outcome, StartCheckout, Stop, payable};
use crate::{PriceChange, holds::release_closed};

/// So many rows a line is asked of at the most, unless its units lie in more: each is written when the checkout ends.
const ROWS_A_LINE: usize = 3;
/// How often a cart's version may be checked out again after its checkout came to nothing.
const ATTEMPTS: u32 = 50;
/// How late a checkout's timer may be: until then its units are its shopper's own.
const TIMERS_COME_WITHIN: SignedDuration = SignedDuration::from_hours(1);
/// How often a row that moves is asked anew.
const TURNS: u32 = 8;

/// Where the id of a new checkout leads.
enum Place {
    /// To a new one.
    New(CheckoutId),
    /// To one that is there and open: it goes on holding.
    Open(Box<Checkout>),
}

/// The shopper's other open checkouts, read once they are asked for.
#[derive(Default)]
struct Others {
    open: Option<Vec<Checkout>>,
    /// Those that were closed for their units, or so that this one can take their place.
    closed: Vec<Checkout>,
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
                let rows = self.rows_of(user_id, &lines, ship_to, &mut others, call).await?;
                (self.opened(user_id, choice, checkout_id, (lines, rows), call).await?, changes)
            }
        };
        let taken = self.take(&checkout, &mut others, call).await;
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

    /// The rows of each line: those of the best plan for all lines together first, then others that have units. What the
    /// shopper's own open checkouts hold counts as there for them.
    async fn rows_of(
        &self,
        user_id: &UserId,
        lines: &[OrderLine],
        ship_to: Option<&Area>,
        others: &mut Others,
        call: &Call,
    ) -> Result<Vec<LineRows>, Stop> {
        let demand = Demand::of_lines(lines.iter().map(|line| (&line.sku, line.quantity)));
        let mut rows = Vec::new();
        for sku in demand.skus() {
            rows.extend(self.stock.of_sku(sku).await?);
        }
        let nearest = self.warehouses.to(ship_to, call.now).await?;
        let plan = match allocate(&demand, &rows, &nearest) {
            Ok(plan) => plan,
            Err(_) => {
                let open = others.all(self, user_id, call).await?.to_vec();
                for other in open.iter().chain(&others.closed) {
                    rows.iter_mut().for_each(|row| row.available += held_of(row, &other.checkout_id));
                }
                allocate(&demand, &rows, &nearest).map_err(|shortage| Stop::Refused(Outcome::OutOfStock(shortage)))?
            }
        };
        Ok(lines.iter().map(|line| LineRows::new(line, asked(&line.sku, &plan, &rows))).collect())
    }

    /// P2, line by line and row by row. Where one line cannot be had the checkout is over (P5).
    async fn take(&self, checkout: &Checkout, others: &mut Others, call: &Call) -> Result<(), Stop> {
        let mut writes = 0;
        for line in checkout.held_by.rows().unwrap_or_default() {
            if let Err(stop) = self.take_line(checkout, line, others, &mut writes, call).await {
                return Err(match stop {
                    Stop::Refused(Outcome::OutOfStock(shortage)) => self.sell_out(checkout, shortage, call).await?,
                    stop => stop,
                });
            }
        }
        metrics::emit("hold", "Count", &[("writes", f64::from(writes))]);
        Ok(())
    }

    async fn take_line(
        &self,
        checkout: &Checkout,
        line: &LineRows,
        others: &mut Others,
        writes: &mut u32,
        call: &Call,
    ) -> Result<(), Stop> {
        let mut wanted = line.units;
        for (place, warehouse_id) in line.warehouses.iter().enumerate() {
            if wanted == 0 {
                break;
            }
            let is_left = place + 1 < line.warehouses.len();
            let wish = Wish { checkout_id: checkout.checkout_id.clone(), units: wanted, decided_at: call.now };
            wanted -=
                self.take_row(checkout, (line, warehouse_id), &wish, is_left, others, writes, call).await?.min(wanted);
        }
        Ok(())
    }

    /// P2 to P4 of one row: how many units it holds.
    #[expect(clippy::too_many_arguments, reason = "a row is asked in the circumstances of its line")]
    async fn take_row(
        &self,
        checkout: &Checkout,
        (line, warehouse_id): (&LineRows, &WarehouseId),
        wish: &Wish,
        is_left: bool,
        others: &mut Others,
        writes: &mut u32,
        call: &Call,
    ) -> Result<u32, Stop> {
        let key = (&line.sku, warehouse_id);
        let mut alone = Vec::new();
        let mut found = self.stock.hold(key, wish, call.now).await?;
        for _ in 0..TURNS {
            let Some(Found { outcome, row, writes: more }) = found else {
                return if is_left { Ok(0) } else { Err(short(line, wish, 0)) };
            };
            *writes += more;
            let available = match outcome {
                Holding::Held(units) => return Ok(units),
                Holding::Marked => return Err(self.over(checkout).await?),
                // With a new time it may be held: whoever asks again has one.
                Holding::BelowFloor | Holding::Full => return Err(Stop::Refused(Outcome::Busy)),
                Holding::NotHeld => {
                    found = self.stock.hold(key, wish, call.now).await?;
                    continue;
                }
                Holding::TooFew { available } => available,
            };
            let older = others.older_that_helps(self, checkout, &row, (available, wish.units), is_left, &alone, call);
            found = match older.await? {
                // P3: whoever is not OPEN keeps what it has.
                Some(older) => match self.checkouts.close(&older, CloseReason::Replaced, call.now).await? {
                    CloseOutcome::Closed(closed) => {
                        others.closed.push(*closed);
                        self.stock.take_over(row, wish, &older, !is_left, call.now).await?
                    }
                    CloseOutcome::Ordered(_) | CloseOutcome::Absent => {
                        alone.push(older);
                        self.stock.hold(key, wish, call.now).await?
                    }
                },
                None if is_left => self.stock.hold_or_pass(row, wish, call.now).await?,
                None => return Err(short(line, wish, available)),
            };
        }
        Err(Stop::Refused(Outcome::Busy))
    }

    /// There is a mark: the checkout is over, or an order has it.
    async fn over(&self, checkout: &Checkout) -> Result<Stop, StoreError> {
        let found = self.checkouts.get(&checkout.checkout_id).await?;
        Ok(Stop::Refused(Outcome::Over(Box::new(found.unwrap_or_else(|| checkout.clone())))))
    }

    /// P5, T2.
    async fn sell_out(&self, checkout: &Checkout, shortage: Shortage, call: &Call) -> Result<Stop, Stop> {
        let closed = self.checkouts.close(&checkout.checkout_id, CloseReason::SoldOut, call.now).await?;
        let CloseOutcome::Closed(closed) = closed else { return Ok(self.over(checkout).await?) };
        release_closed(&self.stock, &closed, call.now).await?;
        Ok(Stop::Refused(Outcome::OutOfStock(shortage)))
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
    async fn all(&mut self, start: &StartCheckout, user_id: &UserId, call: &Call) -> Result<&[Checkout], StoreError> {
        if self.open.is_none() {
            self.open = Some(start.checkouts.open_of(user_id, call.now - TIMERS_COME_WITHIN).await?);
        }
        Ok(self.open.as_deref().unwrap_or_default())
    }

    /// The shopper's own older checkout that holds units of this row which make them enough, or any where another row
    /// of the line is left.
    #[expect(clippy::too_many_arguments, reason = "what helps depends on all of the row's circumstances")]
    async fn older_that_helps(
        &mut self,
        start: &StartCheckout,
        checkout: &Checkout,
        row: &StockRow,
        (available, wanted): (u32, u32),
        is_left: bool,
        alone: &[CheckoutId],
        call: &Call,
    ) -> Result<Option<CheckoutId>, StoreError> {
        let helps = |other: &&Checkout| {
            let held = held_of(row, &other.checkout_id);
            let is_older = other.place() < checkout.place() && !alone.contains(&other.checkout_id);
            is_older && held > 0 && (is_left || available.saturating_add(held) >= wanted)
        };
        let closed = self.closed.iter().find(helps).map(|other| other.checkout_id.clone());
        if closed.is_some() {
            return Ok(closed);
        }
        let open = self.all(start, &checkout.user_id, call).await?;
        Ok(open.iter().find(helps).map(|other| other.checkout_id.clone()))
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

fn held_of(row: &StockRow, checkout_id: &CheckoutId) -> u32 {
    row.holds.get(checkout_id).map_or(0, |entry| entry.held())
}

fn short(line: &LineRows, wish: &Wish, available: u32) -> Stop {
    let had = line.units - wish.units;
    let shortage = Shortage { sku: line.sku.clone(), requested: line.units, available: had + available };
    Stop::Refused(Outcome::OutOfStock(shortage))
}

/// The warehouses of a line: the plan's, then others that have units.
fn asked(sku: &Sku, plan: &[Allocation], rows: &[StockRow]) -> Vec<WarehouseId> {
    let planned = plan.iter().filter(|part| part.sku == *sku).map(|part| part.warehouse_id.clone());
    let mut asked: Vec<WarehouseId> = planned.collect();
    for row in rows.iter().filter(|row| row.sku == *sku && row.available > 0) {
        if asked.len() < ROWS_A_LINE && !asked.contains(&row.warehouse_id) {
            asked.push(row.warehouse_id.clone());
        }
    }
    asked
}
