//! S0 to S5 without the payment: the order and its units.

use souk_domain::order::{OrderEvent, OrderStatus};

use super::{Step, is_confirmed, stock};
use crate::{
    guards::Guard,
    pc::{Chance, Pc},
    state::Sin,
};

impl Step<'_> {
    /// S0. Reads the order.
    pub(super) fn read(&mut self, chance: Chance) -> Pc {
        let status = self.order().status;
        if is_confirmed(status) && self.guarded_by(Guard::ReadConfirmed) {
            Pc::Commit
        } else if status == OrderStatus::Cancelled && self.guarded_by(Guard::ReadCancelled) {
            Pc::Fence
        } else if chance == Chance::Overdue && self.guarded_by(Guard::ReadOverdue) {
            Pc::Cancel
        } else {
            Pc::Attach
        }
    }

    /// S1. Held, and for this order or for none.
    pub(super) fn attach(&mut self) -> Pc {
        let (guards, hold, order) = (self.protocol.guards, self.order().hold, self.lane as u8);
        if !stock::attach(guards, &mut self.state.holds[usize::from(hold)], order) {
            Pc::Cancel
        } else if self.guarded_by(Guard::RecordBeforeCreate) {
            Pc::Open
        } else {
            Pc::Create
        }
    }

    /// S4 in the wrong place.
    pub(super) fn commit_early(&mut self) -> Pc {
        let hold = usize::from(self.order().hold);
        stock::commit(self.protocol.guards, self.state, hold, self.lane as u8);
        Pc::Decide
    }

    /// S3. The decision.
    pub(super) fn decide(&mut self) -> Pc {
        match self.order().status {
            OrderStatus::Cancelled if self.guarded_by(Guard::ConfirmPending) => Pc::Fence,
            OrderStatus::Confirmed | OrderStatus::Shipped | OrderStatus::Delivered => Pc::Commit,
            OrderStatus::PendingPayment | OrderStatus::Cancelled => {
                let unsettled = (!self.guarded_by(Guard::SettleAfterCommit)).then_some(false);
                self.write_status(OrderEvent::Confirm, OrderStatus::Confirmed, unsettled);
                Pc::Commit
            }
        }
    }

    /// S4. Held for this order.
    pub(super) fn commit(&mut self) -> Pc {
        let hold = usize::from(self.order().hold);
        if stock::commit(self.protocol.guards, self.state, hold, self.lane as u8) {
            Pc::SettleForward
        } else {
            Pc::Recheck
        }
    }

    /// S4, refused: then the order must be cancelled.
    pub(super) fn recheck(&mut self) -> Pc {
        if self.order().status == OrderStatus::Cancelled {
            Pc::Fence
        } else {
            self.state.sins.commit(Sin::StockLost);
            Pc::Idle
        }
    }

    /// S5. Confirmed or shipped.
    pub(super) fn settle_forward(&mut self) -> Pc {
        if self.order().status == OrderStatus::Cancelled && self.guarded_by(Guard::SettleDecided) {
            return Pc::Fence;
        }
        self.settle();
        Pc::Idle
    }

    pub(super) fn settle(&mut self) {
        if let Some(order) = &mut self.own().order {
            order.unsettled = false;
        }
    }
}
