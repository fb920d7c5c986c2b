use std::time::Duration;

use jiff::Timestamp;
use souk_domain::{
    ids::{OrderId, ReservationId},
    reservation::{
        AbandonOutcome, AttachOutcome, CommitOutcome, Decision, ExpireOutcome, ReleaseOutcome, Reservation, Write,
    },
    stock::Allocation,
};
use souk_dynamo::{Backoff, Refusal, StoreError, Transaction, TransactionOutcome, attribute, n};

use crate::{
    ReservationBook, Reservations,
    reservations::ReservationRecord,
    row_write::{change_by, key},
};

/// How often a step is tried that others got in the way of. Its row writes commute, so only writers
/// at the very same instant do.
const ATTEMPTS: u32 = 12;
const BACKOFF: Backoff = Backoff { base: Duration::from_millis(10), cap: Duration::from_millis(250) };

impl ReservationBook {
    /// S1: names the order that the units are held for, and extends the hold to its `pay_by`.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn attach(
        &self,
        id: &ReservationId,
        order_id: &OrderId,
        pay_by: Timestamp,
        now: Timestamp,
    ) -> Result<AttachOutcome, StoreError> {
        let judge = |found: &Reservation| found.attach(order_id, pay_by, now);
        self.step(id, AttachOutcome::Absent, judge, |judged, write| Ok(self.put(judged, &write.next, now))).await
    }

    /// Reads the reservation, judges it, and writes the judgement while it still holds; else judges
    /// anew what the refusal brought.
    async fn step<O: Clone>(
        &self,
        id: &ReservationId,
        absent: O,
        judge: impl Fn(&Reservation) -> Decision<O>,
        transaction: impl Fn(&Reservation, &Write<O>) -> Result<Transaction, StoreError>,
    ) -> Result<O, StoreError> {
        let Some(mut found) = self.get(id).await? else { return Ok(absent) };
        for attempt in 1..=ATTEMPTS {
            let write = match judge(&found) {
                Decision::Settled(outcome) => return Ok(outcome),
                Decision::Write(write) => write,
            };
            let refusals = match transaction(&found, &write)?.commit(self.table.client()).await {
                Ok(TransactionOutcome::Committed { .. }) => return Ok(write.then),
                Ok(TransactionOutcome::Refused(refusals)) => refusals,
                Err(StoreError::Busy(_)) => Vec::new(),
                Err(error) => return Err(error),
            };
            match refusals.into_iter().next() {
                Some(Refusal::Condition(None)) => return Ok(absent),
                Some(Refusal::Condition(Some(item))) => found = souk_dynamo::decode(item)?,
                Some(Refusal::None | Refusal::Contention) | None => BACKOFF.pause(attempt).await,
            }
        }
        Err(StoreError::Busy(format!("{id} or its rows are being written by others")))
    }

    /// The judged reservation's successor, while nobody else has written it.
    fn put(&self, judged: &Reservation, next: &Reservation, now: Timestamp) -> Transaction {
        let unchanged = attribute("version").equals(n(judged.version));
        Transaction::new().put_if(&self.table, &ReservationRecord::of(next, now), unchanged)
    }
}

impl Reservations {
    /// S4: the units leave for a confirmed order.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn commit(
        &self,
        id: &ReservationId,
        order_id: &OrderId,
        now: Timestamp,
    ) -> Result<CommitOutcome, StoreError> {
        self.step_with_rows(id, now, CommitOutcome::Absent, |found| found.commit(order_id)).await
    }

    /// F3: a cancelled order's units go back, also where they had left. `checkout_is_orders` says that
    /// the order has consumed the checkout that the units are held for; `missing` were not there to be picked
    /// and stay away.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn release_for_order(
        &self,
        id: &ReservationId,
        order_id: &OrderId,
        checkout_is_orders: bool,
        missing: &[Allocation],
        now: Timestamp,
    ) -> Result<ReleaseOutcome, StoreError> {
        let judge = |found: &Reservation| found.release_for_order(order_id, checkout_is_orders, missing);
        self.step_with_rows(id, now, ReleaseOutcome::Absent, judge).await
    }

    /// The timer: releases what no order came for in time.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn release_expired(&self, id: &ReservationId, now: Timestamp) -> Result<ExpireOutcome, StoreError> {
        self.step_with_rows(id, now, ExpireOutcome::Absent, |found| found.expire(now)).await
    }

    /// The shopper has given up the checkout, whose owner the caller has checked.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn release_abandoned(&self, id: &ReservationId, now: Timestamp) -> Result<AbandonOutcome, StoreError> {
        self.step_with_rows(id, now, AbandonOutcome::Absent, Reservation::abandon).await
    }

    async fn step_with_rows<O: Clone>(
        &self,
        id: &ReservationId,
        now: Timestamp,
        absent: O,
        judge: impl Fn(&Reservation) -> Decision<O>,
    ) -> Result<O, StoreError> {
        self.step(id, absent, judge, |judged, write| self.with_rows(judged, write, now)).await
    }

    /// The reservation first, then its rows. The rows carry no version guard: what a step does to them
    /// commutes. Their conditions fail only where the numbers do not add up, which no step may worsen.
    fn with_rows<O>(&self, judged: &Reservation, write: &Write<O>, now: Timestamp) -> Result<Transaction, StoreError> {
        let mut transaction = self.put(judged, &write.next, now);
        for line in &write.next.lines {
            let Some(change) = write.rows.change(write.next.there_of(line)) else { continue };
            let row = change_by(&write.next.reservation_id, change, now)?;
            transaction = transaction.update(&self.rows.table, &key(&line.sku, &line.warehouse_id), row);
        }
        Ok(transaction)
    }
}
