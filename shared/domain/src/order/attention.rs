use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Order, OrderStatus};
use crate::payment::PaymentState;

/// Why an order needs a hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// It was promised to have left by now, and has not.
    Late,
    /// The gateway refused to take its money, or stock and money do not follow its decision although the sweeper
    /// tries again and again: its saga ends for a person to look at.
    Refused,
    /// Its money is held, and the gateway soon lets go of it.
    Ageing,
    /// Money was to go back to its shopper, who did not get it, and no other refund has succeeded since.
    RefundFailed,
    /// Its shopper asks their bank for the money back, and the bank has not decided yet.
    Disputed,
}

/// A text that names no need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be late, refused, ageing, refund_failed or disputed")]
pub struct UnknownNeed;

impl FromStr for Need {
    type Err = UnknownNeed;

    fn from_str(text: &str) -> Result<Self, UnknownNeed> {
        match text {
            "late" => Ok(Self::Late),
            "refused" => Ok(Self::Refused),
            "ageing" => Ok(Self::Ageing),
            "refund_failed" => Ok(Self::RefundFailed),
            "disputed" => Ok(Self::Disputed),
            _ => Err(UnknownNeed),
        }
    }
}

/// From when on an order needs a hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attention {
    /// Late: confirmed for so long, and not shipped, where no time was promised.
    pub late_after: SignedDuration,
    /// Ageing: so long, or less, until the held money can no longer be taken.
    pub ageing_within: SignedDuration,
    /// Refused: unsettled for so long. Longer than an order waits for its payment, and the sweeper's minutes.
    pub stuck_after: SignedDuration,
}

/// What is known of an order's money when that is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MoneyFacts {
    /// Where the payment stands.
    pub state: PaymentState,
    /// Until when the held money can be taken.
    pub capture_before: Timestamp,
    /// Whether the last attempt to take it was refused.
    pub capture_refused: bool,
    /// Whether a refund has failed, and none has succeeded in its place.
    pub refund_failed: bool,
    /// Whether a dispute of it is open.
    pub disputed: bool,
}

impl Attention {
    /// What an order needs a hand for, now.
    pub fn needs(&self, order: &Order, money: Option<&MoneyFacts>, now: Timestamp) -> Vec<Need> {
        let waits = order.status == OrderStatus::Confirmed;
        let unpromised = || order.confirmed_at().map(|at| at + self.late_after);
        let leave_by = order.promise.map(|promise| promise.leave_by).or_else(unpromised);
        let late = waits && leave_by.is_some_and(|at| at <= now);
        let decided_at = order.history.last().map_or(order.created_at, |entry| entry.at);
        let stuck = !order.settled && decided_at + self.stuck_after <= now;
        let refused = waits && money.is_some_and(|money| money.capture_refused);
        let is_ageing = |money: &MoneyFacts| {
            money.state == PaymentState::Authorized && money.capture_before <= now + self.ageing_within
        };
        let needs = [
            (Need::Late, late),
            (Need::Refused, stuck || refused),
            (Need::Ageing, waits && money.is_some_and(is_ageing)),
            (Need::RefundFailed, money.is_some_and(|money| money.refund_failed)),
            (Need::Disputed, money.is_some_and(|money| money.disputed)),
        ];
        needs.into_iter().filter(|(_, is_so)| *is_so).map(|(need, _)| need).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Need::*, *};
    use crate::order::{
        Actor, Promise, Transition,
        tests::{line, order},
    };

    const ATTENTION: Attention = Attention {
        late_after: SignedDuration::from_hours(48),
        ageing_within: SignedDuration::from_hours(24),
        stuck_after: SignedDuration::from_hours(1),
    };
    const HELD: MoneyFacts = MoneyFacts {
        state: PaymentState::Authorized,
        capture_before: Timestamp::constant(168 * 3600, 0),
        capture_refused: false,
        refund_failed: false,
        disputed: false,
    };

    fn at(hour: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hour)
    }

    /// Confirmed at the beginning of time, whatever became of it then.
    fn confirmed(status: OrderStatus) -> Order {
        let by = Actor::Saga;
        let history = vec![Transition { status: OrderStatus::Confirmed, at: at(0), by }];
        Order { history, ..order(status, vec![line(1, 1)]) }
    }

    #[test]
    fn a_confirmed_order_is_late_and_then_ageing() {
        let needs = |hour| ATTENTION.needs(&confirmed(OrderStatus::Confirmed), Some(&HELD), at(hour));
        assert_eq!(needs(47), []);
        assert_eq!(needs(48), [Late]);
        assert_eq!(needs(143), [Late]);
        assert_eq!(needs(144), [Late, Ageing]);
    }

    #[test]
    fn an_order_is_late_by_what_it_was_promised_whatever_is_promised_now() {
        let promise = Promise { leave_by: at(10), arrive_by: at(20) };
        let promised = Order { promise: Some(promise), ..confirmed(OrderStatus::Confirmed) };
        let needs = |hour| ATTENTION.needs(&promised, None, at(hour));
        assert_eq!((needs(9), needs(10)), (vec![], vec![Late]));
        let left = Order { status: OrderStatus::Shipped, ..promised.clone() };
        assert_eq!(ATTENTION.needs(&left, None, at(10)), []);
    }

    #[test]
    fn what_has_left_or_ended_is_neither_late_nor_ageing_nor_refused_by_the_gateway() {
        let refused = MoneyFacts { capture_refused: true, ..HELD };
        for status in [OrderStatus::Shipped, OrderStatus::Delivered, OrderStatus::Cancelled] {
            assert_eq!(ATTENTION.needs(&confirmed(status), Some(&refused), at(500)), [], "{status}");
        }
        let captured = MoneyFacts { state: PaymentState::Captured, ..HELD };
        assert_eq!(ATTENTION.needs(&confirmed(OrderStatus::Confirmed), Some(&captured), at(150)), [Late]);
    }

    #[test]
    fn a_failed_refund_needs_a_person_wherever_the_order_stands() {
        let failed = MoneyFacts { state: PaymentState::Captured, refund_failed: true, ..HELD };
        for status in [OrderStatus::Shipped, OrderStatus::Delivered, OrderStatus::Cancelled] {
            assert_eq!(ATTENTION.needs(&confirmed(status), Some(&failed), at(1)), [RefundFailed], "{status}");
        }
    }

    #[test]
    fn an_open_dispute_needs_a_person_wherever_the_order_stands() {
        let disputed = MoneyFacts { state: PaymentState::Captured, disputed: true, ..HELD };
        for status in [OrderStatus::Shipped, OrderStatus::Delivered, OrderStatus::Cancelled] {
            assert_eq!(ATTENTION.needs(&confirmed(status), Some(&disputed), at(1)), [Disputed], "{status}");
        }
    }

    #[test]
    fn a_refused_capture_and_a_saga_that_does_not_end_need_a_person() {
        let refused = MoneyFacts { capture_refused: true, ..HELD };
        assert_eq!(ATTENTION.needs(&confirmed(OrderStatus::Confirmed), Some(&refused), at(1)), [Refused]);
        for status in OrderStatus::ALL {
            let stuck = Order { settled: false, ..confirmed(status) };
            assert_eq!(ATTENTION.needs(&stuck, None, at(1)), [Refused], "{status}");
            let early = at(1) - SignedDuration::from_millis(1);
            assert_eq!(ATTENTION.needs(&stuck, None, early), [], "{status}");
        }
    }
}
