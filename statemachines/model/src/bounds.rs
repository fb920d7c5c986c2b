//! How far the model goes.

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
    /// more than [`crate::state::RUNS`].
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
