//! An authorisation that ages is made anew: a second intent, which takes the first one's place in the record.

use souk_domain::{order::OrderStatus, payment::PaymentState};

use super::Step;
use crate::{
    guards::Guard,
    state::{Intent, Pc, Renewal},
};

impl Step<'_> {
    /// R0. Where does it stand? The sweeper begins here, too.
    pub(super) fn renew_read(&mut self) -> Pc {
        let confirmed = self.order().is_some_and(|order| order.status == OrderStatus::Confirmed);
        let authorized = confirmed && self.record() == Some(PaymentState::Authorized);
        let renewal = self.mine().renewal;
        match renewal {
            Renewal::None if authorized && self.mine().renewals > 0 => Pc::RenewWant,
            Renewal::None => Pc::Idle,
            Renewal::Wanted if authorized => Pc::RenewCreate,
            Renewal::Known if authorized => Pc::RenewConfirm,
            // It is no more wanted, or over: the intent that the record does not stand on goes.
            Renewal::Wanted => Pc::RenewForget,
            Renewal::Known => Pc::RenewGiveUp,
            Renewal::Old => Pc::RenewCancel,
        }
    }

    /// R1. AUTHORIZED, and no other renewal. It is noted for the sweeper in the same write.
    pub(super) fn renew_want(&mut self) -> Pc {
        let authorized = self.record() == Some(PaymentState::Authorized) || !self.has(Guard::RenewAuthorized);
        if !authorized || self.mine().renewal != Renewal::None {
            return Pc::Idle;
        }
        self.mine().renewal = Renewal::Wanted;
        self.mine().renewals = 0;
        Pc::RenewCreate
    }

    /// R2. No money is held yet. The method may not be used again, or not any more.
    pub(super) fn renew_create(&mut self, refused: bool) -> Pc {
        if refused {
            return Pc::RenewDrop;
        }
        if self.mine().other == Intent::None {
            self.mine().other = Intent::Created;
        }
        if self.has(Guard::RenewKeepFirst) { Pc::RenewKeep } else { Pc::RenewConfirm }
    }

    /// R2. Wanted still. Another run that made the intent may not keep its id, and does not confirm it.
    pub(super) fn renew_drop(&mut self) -> Pc {
        if self.mine().renewal == Renewal::Wanted {
            self.mine().renewal = Renewal::None;
        }
        Pc::Idle
    }

    /// R3. AUTHORIZED, and the renewal is wanted. Whoever may not keep the id does not confirm.
    pub(super) fn renew_keep(&mut self) -> Pc {
        let authorized = self.record() == Some(PaymentState::Authorized) || !self.has(Guard::RenewKeepAuthorized);
        let renewal = self.mine().renewal;
        match renewal {
            Renewal::Wanted if authorized => self.mine().renewal = Renewal::Known,
            Renewal::Known => {}
            _ => return Pc::Idle,
        }
        Pc::RenewConfirm
    }

    /// R4.
    pub(super) fn renew_confirm(&mut self, refused: bool) -> Pc {
        let mine = self.mine();
        if mine.other == Intent::Created {
            mine.other = if refused { Intent::Declined } else { Intent::Held };
        }
        if mine.other == Intent::Held || !self.has(Guard::RenewHeld) { Pc::RenewSwap } else { Pc::RenewGiveUp }
    }

    /// R5. AUTHORIZED, and the renewal's id is known: the record stands on the new intent, and names the old one.
    pub(super) fn renew_swap(&mut self) -> Pc {
        let authorized = self.record() == Some(PaymentState::Authorized) || !self.has(Guard::RenewSwapAuthorized);
        if authorized && self.mine().renewal == Renewal::Known {
            let mine = self.mine();
            std::mem::swap(&mut mine.intent, &mut mine.other);
            mine.renewal = Renewal::Old;
        }
        Pc::RenewRead
    }

    /// R6. Known. From now on the record never stands on it.
    pub(super) fn renew_give_up(&mut self) -> Pc {
        if self.mine().renewal == Renewal::Known {
            self.mine().renewal = Renewal::Old;
        }
        Pc::RenewRead
    }

    /// R6. The intent on which the record does not stand.
    pub(super) fn renew_cancel(&mut self) -> Pc {
        if self.has(Guard::RenewCancels) {
            self.cancel_other();
        }
        Pc::RenewForget
    }

    /// R7. There is nothing to renew any more. Not where another run has made a step since.
    pub(super) fn renew_forget(&mut self) -> Pc {
        let renewal = self.mine().renewal;
        let is_over = match renewal {
            Renewal::Old => {
                matches!(self.mine().other, Intent::Canceled | Intent::Lapsed)
                    || !self.has(Guard::RenewForgetsCancelled)
            }
            Renewal::Wanted => self.record() != Some(PaymentState::Authorized),
            Renewal::Known | Renewal::None => false,
        };
        if is_over {
            self.mine().renewal = Renewal::None;
        }
        Pc::Idle
    }

    /// F2b, and R6. Nothing is held by it afterwards.
    pub(super) fn cancel_other(&mut self) {
        let mine = self.mine();
        if matches!(mine.other, Intent::Created | Intent::Declined | Intent::Held) {
            mine.other = Intent::Canceled;
        }
    }
}

#[cfg(test)]
mod conformance;
