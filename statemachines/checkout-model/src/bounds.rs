//! How far the model goes.

use std::fmt;

/// How many rows of stock there are: of two SKUs, or of one SKU in two warehouses or two splits.
pub const ROWS: usize = 2;
/// How many checkouts there are, each with its order.
pub const LANES: usize = 2;
/// How many functions run at once for one of them.
pub const RUNS: usize = 3;

/// What a checkout wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    /// So many units of each row: lines of several SKUs.
    Lines([u8; ROWS]),
    /// So many units in all, from the rows in their order: one line from several warehouses or splits of a row.
    Spread(u8),
}

/// How much of the money is modelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Money {
    /// Authorising and giving back are one step each.
    Simple,
    /// Each call at the gateway is a step.
    Calls,
}

/// How much may happen. Kills, timers and cancellations are never counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// What each checkout wants; as many as there are.
    pub plans: &'static [Plan],
    /// The units in the rows.
    pub units: [i8; ROWS],
    /// Whether both checkouts are one shopper's.
    pub same_shopper: bool,
    /// Whether the second is of a later version of the same cart, and so replaces the first.
    pub replaces: bool,
    /// How often each checkout is asked for: the first time, and late repetitions.
    pub requests: [u8; LANES],
    /// How often its order is.
    pub orders: [u8; LANES],
    /// How many runs there are at once for it.
    pub at_once: [usize; LANES],
    /// How much of the money is modelled.
    pub money: Money,
    /// Whether another card may be taken after a decline.
    pub another_card: bool,
    /// How many calls may be on their way to the gateway with nobody waiting.
    pub late_calls: u32,
    /// Whether orders are shipped.
    pub ships: bool,
    /// Whether authorisations lapse, and refunds fail.
    pub ages: bool,
    /// Whether an authorisation that ages is made anew, once.
    pub renews: bool,
    /// Whether operators adjust and count the first row.
    pub operator: bool,
    /// Whether units move between the rows, as where a row is split or merged.
    pub moves: bool,
}

impl Bounds {
    /// One checkout of one unit of one row.
    pub const ONE: Self = Self {
        plans: &[Plan::Lines([1, 0])],
        units: [1, 0],
        same_shopper: false,
        replaces: false,
        requests: [2, 2],
        orders: [1, 1],
        at_once: [2, 2],
        money: Money::Simple,
        another_card: false,
        late_calls: 0,
        ships: false,
        ages: false,
        renews: false,
        operator: false,
        moves: false,
    };
    /// Lines of two SKUs, held one by one.
    pub const TWO_LINES: Self = Self { plans: &[Plan::Lines([1, 1])], units: [1, 1], ..Self::ONE };
    /// Two units from two warehouses or splits.
    pub const SPREAD: Self = Self { plans: &[Plan::Spread(2)], units: [1, 1], ..Self::ONE };
    /// All that can happen to the money.
    pub const PAYMENT: Self = Self {
        requests: [1, 1],
        money: Money::Calls,
        another_card: true,
        late_calls: 1,
        ships: true,
        ages: true,
        ..Self::ONE
    };
    /// An authorisation that ages and is made anew, beside shipment and cancellation.
    pub const RENEWAL: Self = Self { requests: [1, 1], ships: true, ages: true, renews: true, ..Self::ONE };
    /// Two checkouts of one shopper for one unit.
    pub const SAME_SHOPPER: Self =
        Self { plans: &[Plan::Lines([1, 0]), Plan::Lines([1, 0])], same_shopper: true, at_once: [1, 1], ..Self::ONE };
    /// Two shoppers for one unit.
    pub const TWO_SHOPPERS: Self = Self { same_shopper: false, requests: [1, 1], ..Self::SAME_SHOPPER };

    /// What the tests explore: seconds each.
    pub fn quick() -> Vec<Self> {
        vec![
            Self { requests: [1, 1], operator: true, ..Self::ONE },
            Self { requests: [1, 1], ..Self::TWO_LINES },
            Self { requests: [1, 1], moves: true, ..Self::SPREAD },
            Self { at_once: [1, 1], ..Self::PAYMENT },
            Self { at_once: [1, 1], ..Self::RENEWAL },
            Self { requests: [1, 1], orders: [0, 0], at_once: [2, 2], ..Self::SAME_SHOPPER },
            Self { orders: [0, 0], at_once: [2, 2], ..Self::TWO_SHOPPERS },
        ]
    }

    /// What a developer explores: minutes each, and some gigabytes of memory.
    pub fn exhaustive() -> Vec<Self> {
        let same = Self::SAME_SHOPPER;
        vec![
            Self { orders: [2, 2], operator: true, ..Self::ONE },
            Self { at_once: [3, 3], ..Self::ONE },
            Self { ships: true, ages: true, operator: true, ..Self::ONE },
            Self { orders: [2, 2], ships: true, ages: true, ..Self::TWO_LINES },
            Self { ships: true, moves: true, ..Self::SPREAD },
            Self { units: [2, 1], plans: &[Plan::Spread(3)], moves: true, ..Self::SPREAD },
            Self { units: [0, 2], operator: true, ..Self::SPREAD },
            Self::PAYMENT,
            Self::RENEWAL,
            Self { requests: [1, 1], ..same },
            Self { requests: [1, 1], orders: [0, 0], at_once: [2, 2], ..same },
            Self { requests: [1, 1], replaces: true, ..same },
            same,
            Self { replaces: true, ..same },
            Self { requests: [1, 1], plans: &[Plan::Lines([2, 0]), Plan::Lines([3, 0])], units: [4, 0], ..same },
            Self { requests: [1, 1], plans: &[Plan::Spread(2), Plan::Spread(2)], units: [1, 1], ..same },
            Self { requests: [1, 1], plans: &[Plan::Lines([1, 1]), Plan::Lines([1, 1])], units: [1, 1], ..same },
            Self { plans: &[Plan::Lines([1, 1]), Plan::Lines([1, 1])], units: [1, 1], ..Self::TWO_SHOPPERS },
            Self { orders: [0, 0], at_once: [2, 2], ..Self::TWO_SHOPPERS },
            Self { requests: [2, 1], orders: [1, 0], at_once: [2, 1], ..same },
            Self { requests: [1, 2], orders: [0, 1], at_once: [1, 2], ..same },
            Self { requests: [1, 2], orders: [0, 1], at_once: [1, 2], replaces: true, ..same },
            Self { requests: [2, 1], orders: [1, 0], at_once: [2, 1], ..Self::TWO_SHOPPERS },
        ]
    }
}

impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, plan) in self.plans.iter().enumerate() {
            let separator = if number == 0 { "" } else { " and " };
            match plan {
                Plan::Lines([first, 0]) => write!(f, "{separator}{first} unit(s) of a row")?,
                Plan::Lines([first, second]) => write!(f, "{separator}{first} + {second} unit(s) of two rows")?,
                Plan::Spread(units) => write!(f, "{separator}{units} unit(s) spread over two rows")?,
            }
        }
        write!(f, ", of {} + {}", self.units[0], self.units[1])?;
        if self.plans.len() > 1 {
            write!(f, ", {}", if self.same_shopper { "one shopper's" } else { "two shoppers'" })?;
        }
        for (lane, _) in self.plans.iter().enumerate() {
            let (requests, orders, at_once) = (self.requests[lane], self.orders[lane], self.at_once[lane]);
            write!(f, "; {requests} request(s), {orders} order(s), {at_once} run(s) at once")?;
        }
        if self.late_calls > 0 {
            write!(f, ", {} late call(s)", self.late_calls)?;
        }
        let extras = [
            (self.replaces, "the second replaces the first"),
            (self.money == Money::Calls, "each call"),
            (self.another_card, "another card"),
            (self.ships, "shipping"),
            (self.ages, "holds lapse, refunds fail"),
            (self.renews, "authorised anew"),
            (self.operator, "adjusted and counted"),
            (self.moves, "units move between rows"),
        ];
        extras.iter().filter(|(on, _)| *on).try_for_each(|(_, what)| write!(f, ", {what}"))
    }
}
