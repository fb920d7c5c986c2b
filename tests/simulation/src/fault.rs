//! What can go wrong at an I/O point, and how often it does in a schedule.

use std::{fmt, str::FromStr};

use crate::points::Rarity;

/// What the scheduler does to one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// The function dies before the request has left.
    KillBefore,
    /// The request takes effect, and the function dies before it hears of it.
    KillAfter,
    /// The request never arrives; the caller sees a broken connection.
    LoseRequest,
    /// The request takes effect; the caller sees a broken connection.
    LoseAnswer,
    /// The service asks for less: throttling, another transaction on the item, 429. No effect.
    Throttle,
    /// The request takes effect and is answered with a server error. The gateway repeats that for the request's
    /// idempotency key; whoever sends mails knows no key.
    Break,
    /// The bank refuses what the gateway would do, and the gateway repeats that for the key. Only of a
    /// capture, and of an operator's refund: other refusals are the shopper's cards.
    Refuse,
    /// Others go first.
    Delay,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::KillBefore,
        Self::KillAfter,
        Self::LoseRequest,
        Self::LoseAnswer,
        Self::Throttle,
        Self::Break,
        Self::Refuse,
        Self::Delay,
    ];

    /// True where this can happen to a request at that point.
    pub fn applies_to(self, point: &Point) -> bool {
        match self {
            Self::Break => matches!(point.service, Service::Gateway | Service::Mail),
            Self::Refuse => {
                let is_cancelled = point.function == "saga-void-payment";
                point.request == "capture intent" || (point.request == "create refund" && !is_cancelled)
            }
            _ => true,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::KillBefore => "kill before",
            Self::KillAfter => "kill after",
            Self::LoseRequest => "lose request",
            Self::LoseAnswer => "lose answer",
            Self::Throttle => "throttle",
            Self::Break => "break",
            Self::Refuse => "refuse",
            Self::Delay => "delay",
        })
    }
}

/// Whom a request goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Service {
    /// DynamoDB.
    Store,
    /// Step Functions.
    Workflows,
    /// SQS.
    Queues,
    /// EventBridge.
    Bus,
    /// Secrets Manager: asked once, before any schedule begins.
    Secrets,
    /// The payment gateway.
    Gateway,
    /// The user pool.
    Pool,
    /// Whoever sends mails.
    Mail,
}

/// One I/O point: which function asks whom for what.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Point {
    /// The function's name, as deployed.
    pub function: String,
    /// Whom it asks.
    pub service: Service,
    /// What it asks for, such as `UpdateItem orders`.
    pub request: String,
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}: {}", self.function, self.request))
    }
}

/// A fault that a schedule looks for at a point, whenever it comes there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aim {
    /// The point, as it is named.
    pub point: String,
    /// The fault.
    pub fault: Fault,
}

impl fmt::Display for Aim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.point, self.fault)
    }
}

impl FromStr for Aim {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str = "must be POINT=FAULT, such as `sweep-orders: StartExecution=kill before`";
        let (point, fault) = text.rsplit_once('=').ok_or(EXPECTED)?;
        let fault = Fault::ALL.into_iter().find(|known| known.to_string() == fault).ok_or(EXPECTED)?;
        Ok(Self { point: point.to_owned(), fault })
    }
}

/// How much goes wrong in a schedule, and what in particular.
#[derive(Debug, Clone)]
pub struct FaultPlan {
    /// Of 1000 requests, how many are struck by a random fault.
    per_mille: u32,
    /// Every schedule looks for one kind of fault with patience, so that rare cells are hit too.
    favourite: Fault,
    /// Of 1000 requests, how many are struck by the favourite.
    favourite_per_mille: u32,
    /// Of 1000 requests at points that are rarely reached, how many are struck by any fault.
    rare_per_mille: u32,
    /// What a campaign has not seen yet.
    aims: Vec<Aim>,
}

impl FaultPlan {
    /// The plan of a schedule. One in eight has no faults at all: races alone are enough to break much.
    pub fn draw(rng: &mut fastrand::Rng) -> Self {
        let per_mille = *rng.choice(&[0, 5, 20, 20, 60, 60, 120, 200]).unwrap_or(&20);
        let favourite = Fault::ALL[rng.usize(..Fault::ALL.len())];
        let favourite_per_mille = if per_mille == 0 { 0 } else { rng.u32(0..80) };
        let rare_per_mille = if per_mille > 0 && rng.u32(0..3) > 0 { 450 } else { 0 };
        Self { per_mille, favourite, favourite_per_mille, rare_per_mille, aims: Vec::new() }
    }

    /// The same, which strikes three in four times where it has an aim.
    pub fn aiming(self, aims: &[Aim]) -> Self {
        Self { aims: aims.to_vec(), ..self }
    }

    /// What happens to a request at this point.
    pub fn strike(&self, point: &Point, rng: &mut fastrand::Rng) -> Option<Fault> {
        let aims: Vec<&Aim> = self.aims.iter().filter(|aim| aim.point == point.to_string()).collect();
        if !aims.is_empty() && rng.u32(0..4) > 0 {
            return rng.choice(aims).map(|aim| aim.fault);
        }
        let roll = rng.u32(0..1000);
        let any = match point.rarity() {
            Rarity::Common => self.per_mille,
            Rarity::Rare => self.per_mille.max(self.rare_per_mille),
            Rarity::Hardly => self.per_mille.max(self.rare_per_mille * 2),
        };
        let fault = if roll < any {
            let possible: Vec<Fault> = Fault::ALL.into_iter().filter(|fault| fault.applies_to(point)).collect();
            possible[rng.usize(..possible.len())]
        } else if roll < any + self.favourite_per_mille {
            self.favourite
        } else {
            return None;
        };
        fault.applies_to(point).then_some(fault)
    }

    /// Of 1000, how many messages, executions and events are lost, doubled or late.
    pub fn delivery_per_mille(&self) -> u32 {
        self.per_mille * 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_aim_is_read_as_it_is_told() {
        for fault in Fault::ALL {
            let aim = Aim { point: "sweep-orders: StartExecution".to_owned(), fault };
            assert_eq!(aim.to_string().parse(), Ok(aim));
        }
        assert!("sweep-orders=sneeze".parse::<Aim>().is_err() && "kill before".parse::<Aim>().is_err());
    }
}
