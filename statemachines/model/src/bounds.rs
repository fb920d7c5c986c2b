//! How far the model goes.

use std::fmt;

/// How many orders, and how many reservations, compete.
pub const SIDES: usize = 2;
/// How many runs of one order's saga there are at once.
pub const RUNS: usize = 2;
/// How many shipping runs of one order there are at once, in the slots after those of the saga.
pub const SHIPS: usize = 2;

/// What competes for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contest {
    /// One order and one unit.
    Alone,
    /// Two checkouts, each with its order, and one unit.
    OneUnit,
    /// Two orders on one checkout.
    OneCheckout,
    /// One idempotency key, used for two checkouts.
    OneKey,
    /// Two checkouts of the whole cart, and a unit for each.
    OneCart,
}

impl Contest {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Alone => "one order",
            Self::OneUnit => "two orders, one unit",
            Self::OneCheckout => "two orders, one checkout",
            Self::OneKey => "one key, two checkouts",
            Self::OneCart => "two orders, one cart",
        }
    }

    /// Which order may be placed on which checkout.
    pub fn placings(self) -> &'static [(u8, u8)] {
        match self {
            Self::Alone => &[(0, 0)],
            Self::OneUnit | Self::OneCart => &[(0, 0), (1, 1)],
            Self::OneCheckout => &[(0, 0), (1, 0)],
            Self::OneKey => &[(0, 0), (0, 1)],
        }
    }

    /// How many checkouts there are.
    pub fn checkouts(self) -> u8 {
        match self {
            Self::Alone | Self::OneCheckout => 1,
            Self::OneUnit | Self::OneKey | Self::OneCart => 2,
        }
    }

    /// How many units there are.
    pub fn units(self) -> i8 {
        match self {
            Self::Alone | Self::OneUnit | Self::OneCheckout => 1,
            Self::OneKey | Self::OneCart => 2,
        }
    }

    /// True where the checkouts are of a whole cart, whose version an order marks.
    pub fn has_marker(self) -> bool {
        self == Self::OneCart
    }

    /// True where both sides are alike.
    pub fn is_symmetric(self) -> bool {
        matches!(self, Self::OneUnit | Self::OneCart)
    }
}

/// How much may happen. Kills, cancels, timers and webhooks are never counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// What competes for what.
    pub contest: Contest,
    /// How many runs of an order's saga may be started in all; `None` for any number. At once there are never
    /// more than [`RUNS`].
    pub starts: Option<u8>,
    /// How many saga runs of an order there may be at once.
    pub at_once: usize,
    /// How many of an order's gateway calls may be under way without anybody waiting.
    pub in_flight: u32,
    /// Whether a step's answer may be lost after its effect, so that it is done again.
    pub lost_answers: bool,
    /// How many shipping runs of an order there may be at once: the warehouse's and the sweeper's.
    pub shipping: usize,
    /// Whether an authorisation may run out at the gateway.
    pub lapses: bool,
}

impl Bounds {
    /// One order with everything that can happen to it, its saga started as often as one likes.
    pub const ONE_ORDER: Self = Self {
        contest: Contest::Alone,
        starts: None,
        at_once: RUNS,
        in_flight: 1,
        lost_answers: true,
        shipping: 1,
        lapses: true,
    };

    /// Enough to find what a missing guard breaks.
    pub fn to_find(contest: Contest) -> Self {
        match contest {
            Contest::Alone => Self::ONE_ORDER,
            _ => Self { contest, starts: Some(1), lapses: false, ..Self::ONE_ORDER },
        }
    }

    /// What the tests explore: seconds each.
    pub fn quick() -> Vec<Self> {
        let one = Self { lapses: false, ..Self::ONE_ORDER };
        let two = Self { starts: Some(1), at_once: 1, lost_answers: false, shipping: 0, ..one };
        let in_time = Self { starts: Some(2), at_once: RUNS, in_flight: 0, ..two };
        vec![
            Self::ONE_ORDER,
            Self { contest: Contest::OneUnit, ..two },
            Self { contest: Contest::OneUnit, ..in_time },
            Self { contest: Contest::OneUnit, in_flight: 0, shipping: 1, ..two },
            Self { contest: Contest::OneCart, ..two },
            Self { contest: Contest::OneCheckout, starts: Some(2), ..one },
            Self { contest: Contest::OneKey, starts: Some(2), shipping: 0, ..one },
        ]
    }

    /// What a developer explores: minutes each, and some gigabytes of memory.
    pub fn exhaustive() -> Vec<Self> {
        let two = Self { starts: Some(2), lost_answers: false, shipping: 0, lapses: false, ..Self::ONE_ORDER };
        let one_run = Self { starts: Some(1), at_once: 1, ..two };
        vec![
            Self { in_flight: 5, shipping: SHIPS, ..Self::ONE_ORDER },
            Self { contest: Contest::OneCheckout, ..Self::ONE_ORDER },
            Self { contest: Contest::OneKey, ..Self::ONE_ORDER },
            Self { contest: Contest::OneUnit, ..two },
            Self { contest: Contest::OneUnit, in_flight: 0, lost_answers: true, ..two },
            Self { contest: Contest::OneUnit, shipping: 1, lapses: true, ..one_run },
            Self { contest: Contest::OneUnit, shipping: 1, in_flight: 0, ..two },
            Self { contest: Contest::OneCart, ..two },
        ]
    }
}

impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} saga run(s) at once", self.contest.as_str(), self.at_once)?;
        match self.starts {
            None => write!(f, ", started any number of times")?,
            Some(starts) => write!(f, ", {starts} start(s) each and the sweepers")?,
        }
        write!(f, "; {} late call(s)", self.in_flight)?;
        let extras = [
            (self.lost_answers, "lost answers"),
            (self.shipping == 1, "shipping"),
            (self.shipping > 1, "two ship at once"),
            (self.lapses, "holds lapse"),
        ];
        extras.iter().filter(|(on, _)| *on).try_for_each(|(_, what)| write!(f, ", {what}"))
    }
}
