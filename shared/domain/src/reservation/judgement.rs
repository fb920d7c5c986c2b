use jiff::Timestamp;

use super::{
    AbandonOutcome, AttachOutcome, CommitOutcome, ExpireOutcome, ReleaseOutcome, Reservation,
    ReservationState::{Committed, Held, Released},
    RowEffect,
};
use crate::{ids::OrderId, stock::Allocation};

/// What a step finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision<O> {
    /// Nothing is to be written: this is how things are.
    Settled(O),
    /// This is to be written, in one transaction, while the reservation still is what was judged.
    Write(Write<O>),
}

/// What a step writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write<O> {
    /// The reservation afterwards.
    pub next: Reservation,
    /// What happens to its rows.
    pub rows: RowEffect,
    /// How the step ended once that is written.
    pub then: O,
}

impl Reservation {
    /// S1. Attach where it is held, and for this order already, or for none and its time has not
    /// passed. The end becomes the order's `pay_by`, which never moves, so neither does the end.
    pub fn attach(&self, order: &OrderId, pay_by: Timestamp, now: Timestamp) -> Decision<AttachOutcome> {
        use AttachOutcome::{Attached, Expired, OtherOrder};
        match (self.state, &self.order_id) {
            (_, Some(other)) if other != order => Decision::Settled(OtherOrder(other.clone())),
            (Committed, _) => Decision::Settled(AttachOutcome::Committed),
            (Released, _) => Decision::Settled(AttachOutcome::Released),
            (Held, Some(_)) if self.expires_at == pay_by => Decision::Settled(Attached),
            (Held, None) if self.is_expired(now) => Decision::Settled(Expired),
            (Held, _) => {
                let next = Self { order_id: Some(order.clone()), expires_at: pay_by, ..self.next() };
                Decision::Write(Write { next, rows: RowEffect::None, then: Attached })
            }
        }
    }

    /// S4. Commit where it is held for this order. The end plays no part: the order is confirmed.
    pub fn commit(&self, order: &OrderId) -> Decision<CommitOutcome> {
        match (self.state, &self.order_id) {
            (_, Some(other)) if other != order => Decision::Settled(CommitOutcome::OtherOrder(other.clone())),
            (Released, _) => Decision::Settled(CommitOutcome::Released),
            (Committed, _) if self.returned => Decision::Settled(CommitOutcome::Returned),
            (Committed, _) => Decision::Settled(CommitOutcome::Committed),
            (Held, None) => Decision::Settled(CommitOutcome::NotAttached),
            (Held, Some(_)) => {
                let next = Self { state: Committed, ..self.next() };
                Decision::Write(Write { next, rows: RowEffect::Commit, then: CommitOutcome::Committed })
            }
        }
    }

    /// F3. A cancelled order gives its units back: those held for it (or for its checkout, where it
    /// never got to attach itself), and those that had left already.
    pub fn release_for_order(
        &self,
        order: &OrderId,
        checkout_is_orders: bool,
        missing: &[Allocation],
    ) -> Decision<ReleaseOutcome> {
        match (self.state, &self.order_id) {
            (_, Some(other)) if other != order => Decision::Settled(ReleaseOutcome::OtherOrder(other.clone())),
            (Released, _) => Decision::Settled(ReleaseOutcome::Released),
            (Committed, _) if self.returned => Decision::Settled(ReleaseOutcome::Returned),
            (Committed, _) => {
                let next = Self { returned: true, missing: missing.to_vec(), ..self.next() };
                Decision::Write(Write { next, rows: RowEffect::Return, then: ReleaseOutcome::Returned })
            }
            (Held, None) if !checkout_is_orders => Decision::Settled(ReleaseOutcome::NotAttached),
            (Held, _) => {
                let next = Self { state: Released, order_id: Some(order.clone()), ..self.next() };
                Decision::Write(Write { next, rows: RowEffect::Release, then: ReleaseOutcome::Released })
            }
        }
    }

    /// The timer. "Is there an order?" is asked of the reservation itself, never of another table.
    pub fn expire(&self, now: Timestamp) -> Decision<ExpireOutcome> {
        match (self.state, &self.order_id) {
            (Released, _) => Decision::Settled(ExpireOutcome::Released),
            (Committed, _) => Decision::Settled(ExpireOutcome::Committed),
            (Held, _) if !self.is_expired(now) => Decision::Settled(ExpireOutcome::NotYet(self.expires_at)),
            (Held, Some(order)) => Decision::Settled(ExpireOutcome::Ordered(order.clone())),
            (Held, None) => {
                let next = Self { state: Released, ..self.next() };
                Decision::Write(Write { next, rows: RowEffect::Release, then: ExpireOutcome::Released })
            }
        }
    }

    /// The shopper gives the checkout up, which only helps while no order has the units.
    pub fn abandon(&self) -> Decision<AbandonOutcome> {
        match (self.state, &self.order_id) {
            (_, Some(order)) => Decision::Settled(AbandonOutcome::Ordered(order.clone())),
            // A commit needs an order, so what has none was released.
            (Released | Committed, None) => Decision::Settled(AbandonOutcome::Released),
            (Held, None) => {
                let next = Self { state: Released, ..self.next() };
                Decision::Write(Write { next, rows: RowEffect::Release, then: AbandonOutcome::Released })
            }
        }
    }

    fn next(&self) -> Self {
        Self { version: self.version + 1, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::{
        ids::ReservationId,
        reservation::ReservationState,
        stock::{Allocation, Change, Movement, StockRow},
    };

    fn order(n: u128) -> OrderId {
        OrderId::from_uuid(Uuid::from_u128(n))
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second)
    }

    fn held() -> Reservation {
        let line = Allocation { sku: "s".parse().unwrap(), warehouse_id: "w".parse().unwrap(), quantity: 3 };
        Reservation::held(ReservationId::from_uuid(Uuid::from_u128(1)), vec![line], at(0), at(900))
    }

    fn written<O>(decision: Decision<O>) -> Reservation {
        match decision {
            Decision::Write(write) => write.next,
            Decision::Settled(_) => panic!("nothing was written"),
        }
    }

    fn settled<O>(decision: Decision<O>) -> O {
        match decision {
            Decision::Settled(outcome) => outcome,
            Decision::Write(_) => panic!("something was written"),
        }
    }

    #[test]
    fn attaching_takes_the_orders_deadline_and_repeats_change_nothing() {
        let attached = written(held().attach(&order(1), at(1500), at(899)));
        assert_eq!((attached.order_id.clone(), attached.expires_at), (Some(order(1)), at(1500)));
        assert_eq!(settled(attached.attach(&order(1), at(1500), at(9999))), AttachOutcome::Attached);
        assert_eq!(settled(attached.attach(&order(2), at(1500), at(899))), AttachOutcome::OtherOrder(order(1)));
        assert_eq!(written(attached.attach(&order(1), at(1600), at(899))).expires_at, at(1600));
    }

    #[test]
    fn an_expired_or_ended_reservation_is_never_taken_up_again() {
        assert_eq!(settled(held().attach(&order(1), at(1500), at(900))), AttachOutcome::Expired);
        let released = written(held().expire(at(900)));
        assert_eq!(settled(released.attach(&order(1), at(1500), at(10))), AttachOutcome::Released);
    }

    #[test]
    fn only_the_attached_order_commits_and_expiry_does_not_hinder_it() {
        assert_eq!(settled(held().commit(&order(1))), CommitOutcome::NotAttached);
        let attached = written(held().attach(&order(1), at(10), at(0)));
        assert_eq!(settled(attached.commit(&order(2))), CommitOutcome::OtherOrder(order(1)));
        let committed = written(attached.commit(&order(1)));
        assert_eq!(settled(committed.commit(&order(1))), CommitOutcome::Committed);
        assert_eq!(settled(committed.expire(at(9999))), ExpireOutcome::Committed);
    }

    #[test]
    fn the_timer_never_releases_what_an_order_has() {
        assert_eq!(settled(held().expire(at(899))), ExpireOutcome::NotYet(at(900)));
        let attached = written(held().attach(&order(1), at(1500), at(0)));
        assert_eq!(settled(attached.expire(at(1000))), ExpireOutcome::NotYet(at(1500)));
        assert_eq!(settled(attached.expire(at(1500))), ExpireOutcome::Ordered(order(1)));
        assert_eq!(settled(attached.abandon()), AbandonOutcome::Ordered(order(1)));
    }

    #[test]
    fn a_cancelled_order_gives_back_what_it_held_or_what_had_left_once() {
        let attached = written(held().attach(&order(1), at(1500), at(0)));
        let released = written(attached.release_for_order(&order(1), true, &[]));
        assert_eq!(settled(released.release_for_order(&order(1), true, &[])), ReleaseOutcome::Released);
        assert_eq!(settled(released.commit(&order(1))), CommitOutcome::Released);

        let committed = written(attached.commit(&order(1)));
        assert_eq!(settled(committed.release_for_order(&order(2), true, &[])), ReleaseOutcome::OtherOrder(order(1)));
        let Decision::Write(write) = committed.release_for_order(&order(1), true, &[]) else {
            panic!("must come back")
        };
        assert_eq!((write.rows, write.next.state), (RowEffect::Return, ReservationState::Committed));
        assert_eq!(settled(write.next.release_for_order(&order(1), true, &[])), ReleaseOutcome::Returned);
        assert_eq!(settled(write.next.commit(&order(1))), CommitOutcome::Returned);
    }

    #[test]
    fn an_order_that_never_attached_releases_only_its_own_checkouts_units() {
        assert_eq!(settled(held().release_for_order(&order(1), false, &[])), ReleaseOutcome::NotAttached);
        let released = written(held().release_for_order(&order(1), true, &[]));
        // It names its order now: no other can take it for its own.
        assert_eq!(settled(released.attach(&order(2), at(1500), at(0))), AttachOutcome::OtherOrder(order(1)));
    }

    #[derive(Debug, Clone)]
    enum Step {
        Attach(u128, i64),
        Commit(u128),
        Release(u128, bool),
        Expire(i64),
        Abandon,
    }

    fn steps() -> impl Strategy<Value = Step> {
        let (order, second) = (1..3_u128, prop_oneof![0..20_i64, 890..910_i64, 1490..1510_i64]);
        prop_oneof![
            (order.clone(), second.clone()).prop_map(|(o, t)| Step::Attach(o, t)),
            order.clone().prop_map(Step::Commit),
            (order, any::<bool>()).prop_map(|(o, own)| Step::Release(o, own)),
            second.prop_map(Step::Expire),
            Just(Step::Abandon),
        ]
    }

    /// The step's write, without its outcome.
    fn judge(reservation: &Reservation, step: &Step) -> Option<(Reservation, RowEffect)> {
        fn of<O>(decision: Decision<O>) -> Option<(Reservation, RowEffect)> {
            match decision {
                Decision::Write(write) => Some((write.next, write.rows)),
                Decision::Settled(_) => None,
            }
        }
        match step {
            Step::Attach(o, t) => of(reservation.attach(&order(*o), at(1500), at(*t))),
            Step::Commit(o) => of(reservation.commit(&order(*o))),
            Step::Release(o, own) => of(reservation.release_for_order(&order(*o), *own, &[])),
            Step::Expire(t) => of(reservation.expire(at(*t))),
            Step::Abandon => of(reservation.abandon()),
        }
    }

    fn moved(row: &StockRow, change: Change) -> StockRow {
        let cause = Movement {
            kind: change.kind(),
            reference: "r".into(),
            reason: None,
            delta: change.delta(row.quantity),
            at: at(0),
        };
        row.apply(change, cause).expect("no step may break the row")
    }

    proptest! {
        /// I1 of the row and I2 of its units (initial = available + held + sold) after any steps of any
        /// orders in any order, each step done twice; and the state only moves along its edges.
        #[test]
        fn invariant_i2_units_are_available_held_or_sold_whatever_happens(steps in proptest::collection::vec(steps(), 0..40)) {
            const INITIAL: u32 = 10;
            let mut row = moved(&crate::stock::tests::row("s", "w", INITIAL), Change::Reserve(3));
            let mut reservation = held();
            for step in steps {
                for _ in 0..2 {
                    let Some((next, effect)) = judge(&reservation, &step) else { continue };
                    prop_assert_eq!(next.version, reservation.version + 1);
                    prop_assert!(reservation.state == ReservationState::Held || next.state == reservation.state);
                    prop_assert!(reservation.order_id.is_none() || next.order_id == reservation.order_id);
                    if let Some(change) = effect.change(reservation.lines[0].quantity) {
                        row = moved(&row, change);
                    }
                    reservation = next;
                }
                prop_assert!(row.is_sound());
                let (held, sold) = match reservation.state {
                    ReservationState::Held => (3, 0),
                    ReservationState::Committed if !reservation.returned => (0, 3),
                    _ => (0, 0),
                };
                prop_assert_eq!(row.reserved_quantity, held);
                prop_assert_eq!(row.available + held + sold, INITIAL);
                prop_assert!(sold == 0 || reservation.order_id.is_some());
            }
        }
    }
}
