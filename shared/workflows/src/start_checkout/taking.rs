//! A checkout takes its units, line by line and row by row (steps P2 to P5).

use souk_domain::{
    ids::CheckoutId,
    order::LineRows,
    stock::{Holding, RowKey, Shortage, StockRow, Wish},
};
use souk_dynamo::StoreError;
use souk_inventory::Found;
use souk_orders::{Checkout, CloseOutcome, CloseReason};
use souk_wiring::{Call, metrics};

use super::{
    Outcome, StartCheckout, Stop,
    holding::{Others, held_of},
};
use crate::holds::release_closed;

/// How often a row that moves is asked anew.
const TURNS: u32 = 8;

/// A checkout on its way through its rows.
pub(super) struct Taking<'a> {
    start: &'a StartCheckout,
    checkout: &'a Checkout,
    others: &'a mut Others,
    call: &'a Call,
    /// Rows that were written.
    writes: u32,
}

impl<'a> Taking<'a> {
    pub(super) fn of(start: &'a StartCheckout, checkout: &'a Checkout, others: &'a mut Others, call: &'a Call) -> Self {
        Self { start, checkout, others, call, writes: 0 }
    }

    /// P2, line by line and row by row. Where one line cannot be had the checkout is over (P5).
    pub(super) async fn take(mut self) -> Result<(), Stop> {
        for line in self.checkout.held_by.rows().unwrap_or_default() {
            if let Err(stop) = self.take_line(line).await {
                return Err(match stop {
                    Stop::Refused(Outcome::OutOfStock(shortage)) => self.sell_out(line, shortage).await?,
                    stop => stop,
                });
            }
        }
        metrics::emit("hold", "Count", &[("writes", f64::from(self.writes))]);
        Ok(())
    }

    async fn take_line(&mut self, line: &LineRows) -> Result<(), Stop> {
        let mut wanted = line.units;
        for (place, row) in line.keys().enumerate() {
            if wanted == 0 {
                break;
            }
            let is_left = place + 1 < line.rows.len();
            let wish =
                Wish { checkout_id: self.checkout.checkout_id.clone(), units: wanted, decided_at: self.call.now };
            wanted -= self.take_row((line, &row), &wish, is_left).await?.min(wanted);
        }
        Ok(())
    }

    /// P2 to P4 of one row: how many units it holds.
    async fn take_row(&mut self, (line, key): (&LineRows, &RowKey), wish: &Wish, is_left: bool) -> Result<u32, Stop> {
        let (stock, now) = (&self.start.stock, self.call.now);
        let mut alone = Vec::new();
        let mut found = stock.hold(key, wish, now).await?;
        for _ in 0..TURNS {
            let Some(Found { outcome, row, writes }) = found else {
                return if is_left { Ok(0) } else { Err(short(line, wish, 0)) };
            };
            self.writes += writes;
            let available = match outcome {
                Holding::Held(units) => return Ok(units),
                Holding::Marked => return Err(self.over().await?),
                // With a new time it may be held: whoever asks again has one.
                Holding::BelowFloor | Holding::Full => return Err(Stop::Refused(Outcome::Busy)),
                Holding::NotHeld => {
                    found = stock.hold(key, wish, now).await?;
                    continue;
                }
                Holding::TooFew { available } => available,
            };
            found = match self.older_that_helps(&row, (available, wish.units), is_left, &alone).await? {
                // P3: whoever is not OPEN keeps what it has.
                Some(older) => match self.start.checkouts.close(&older, CloseReason::Replaced, now).await? {
                    CloseOutcome::Closed(closed) => {
                        self.others.closed.push(*closed);
                        stock.take_over(row, wish, &older, !is_left, now).await?
                    }
                    CloseOutcome::Ordered(_) | CloseOutcome::Absent => {
                        alone.push(older);
                        stock.hold(key, wish, now).await?
                    }
                },
                None if is_left => stock.hold_or_pass(row, wish, now).await?,
                None => return Err(short(line, wish, available)),
            };
        }
        Err(Stop::Refused(Outcome::Busy))
    }

    /// The shopper's own older checkout that holds units of this row which make them enough, or any where another row
    /// of the line is left.
    async fn older_that_helps(
        &mut self,
        row: &StockRow,
        (available, wanted): (u32, u32),
        is_left: bool,
        alone: &[CheckoutId],
    ) -> Result<Option<CheckoutId>, StoreError> {
        let checkout = self.checkout;
        let helps = |other: &&Checkout| {
            let held = held_of(row, &other.checkout_id);
            let is_older = other.place() < checkout.place() && !alone.contains(&other.checkout_id);
            is_older && held > 0 && (is_left || available.saturating_add(held) >= wanted)
        };
        let closed = self.others.closed.iter().find(helps).map(|other| other.checkout_id.clone());
        if closed.is_some() {
            return Ok(closed);
        }
        let open = self.others.all(self.start, &checkout.user_id, self.call).await?;
        Ok(open.iter().find(helps).map(|other| other.checkout_id.clone()))
    }

    /// There is a mark: the checkout is over, or an order has it.
    async fn over(&self) -> Result<Stop, StoreError> {
        let found = self.start.checkouts.get(&self.checkout.checkout_id).await?;
        Ok(Stop::Refused(Outcome::Over(Box::new(found.unwrap_or_else(|| self.checkout.clone())))))
    }

    /// P5, T2. Where a hot row's other splits have what these lack, the SKU is not sold out: its shopper asks again.
    async fn sell_out(&self, line: &LineRows, shortage: Shortage) -> Result<Stop, Stop> {
        let (id, now) = (&self.checkout.checkout_id, self.call.now);
        let closed = self.start.checkouts.close(id, CloseReason::SoldOut, now).await?;
        let CloseOutcome::Closed(closed) = closed else { return Ok(self.over().await?) };
        release_closed(&self.start.stock, &closed, now).await?;
        if line.has_splits() {
            let left = self.start.stock.availability(&line.sku).await?.available;
            if left >= u64::from(line.units) {
                return Ok(Stop::Refused(Outcome::Busy));
            }
        }
        Ok(Stop::Refused(Outcome::OutOfStock(shortage)))
    }
}

fn short(line: &LineRows, wish: &Wish, available: u32) -> Stop {
    let had = line.units - wish.units;
    let shortage = Shortage { sku: line.sku.clone(), requested: line.units, available: had + available };
    Stop::Refused(Outcome::OutOfStock(shortage))
}
