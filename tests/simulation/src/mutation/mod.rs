//! Seeded bugs: guards of the protocol that are taken away on the wire, to see that the simulation
//! notices.

mod decisions;
mod first_edition;
mod holds;

use crate::{call::Call, sim::Theme, subject::Subject};

/// A bug, or none.
#[derive(Debug, Clone, Copy, Default)]
pub struct Mutation(Option<&'static SeededBug>);

/// A guard and how it is taken away.
#[derive(Debug)]
pub struct SeededBug {
    /// Which part of the protocol.
    pub step: &'static str,
    /// What is missing.
    pub missing: &'static str,
    /// What a schedule has to be about to notice.
    pub theme: Option<Theme>,
    /// How it is taken away.
    pub how: How,
}

/// Where a guard is taken away.
#[derive(Debug)]
pub enum How {
    /// In the requests that fit, by rewriting their conditions.
    Condition {
        /// Which requests.
        fits: fn(&Call) -> bool,
        /// Their bodies without the guard.
        rewrite: fn(&str) -> String,
    },
    /// In the answers to the requests that fit.
    Answer {
        /// To which requests.
        fits: fn(&Call) -> bool,
        /// What the function is told.
        rewrite: fn(&str) -> String,
    },
    /// The requests that fit are answered, and nothing comes of them.
    Skip {
        /// Which requests.
        fits: fn(&Call) -> bool,
    },
    /// A claim is undone when its message seems to have failed.
    RollBackClaims,
    /// A claim that its shopper's order does not name stays.
    KeepSecondClaims,
    /// The webhook lets anybody in.
    TrustAnybody,
    /// The webhook does not know the events that it has seen.
    ForgetEvents,
    /// The webhook acknowledges events and starts nothing.
    SwallowStarts,
}

impl Mutation {
    /// Production code as it is.
    pub const NONE: Self = Self(None);

    /// Production code with this bug.
    pub fn of(bug: &'static SeededBug) -> Self {
        Self(Some(bug))
    }

    /// The bug.
    pub fn bug(self) -> Option<&'static SeededBug> {
        self.0
    }

    /// The body that the bug makes of a request's.
    pub fn rewrite(self, call: &Call) -> Option<String> {
        match &self.0?.how {
            How::Condition { fits, rewrite } if fits(call) => Some(rewrite(&call.body)),
            _ => None,
        }
    }

    /// What the bug makes of an answer.
    pub fn rewrite_answer(self, call: &Call, answer: &str) -> Option<String> {
        match &self.0?.how {
            How::Answer { fits, rewrite } if fits(call) => Some(rewrite(answer)),
            _ => None,
        }
    }

    /// True where this is the request whose guard is missing.
    pub fn touches(self, call: &Call) -> bool {
        match self.0.map(|bug| &bug.how) {
            Some(How::Condition { fits, .. } | How::Answer { fits, .. } | How::Skip { fits }) => fits(call),
            _ => false,
        }
    }

    /// True where nothing comes of this request.
    pub fn skips(self, call: &Call) -> bool {
        matches!(self.0, Some(SeededBug { how: How::Skip { fits }, .. }) if fits(call))
    }

    /// True where a claim is undone when its message seems to have failed.
    pub fn rolls_claims_back(self) -> bool {
        matches!(self.0, Some(SeededBug { how: How::RollBackClaims, .. }))
    }

    /// True where a claim that its shopper's order does not name stays.
    pub fn keeps_second_claims(self) -> bool {
        matches!(self.0, Some(SeededBug { how: How::KeepSecondClaims, .. }))
    }

    /// False where the webhook lets anybody in.
    pub fn checks_signatures(self) -> bool {
        !matches!(self.0, Some(SeededBug { how: How::TrustAnybody, .. }))
    }

    /// True where this question is about a seen event, and the answer is lost on the webhook.
    pub fn forgets(self, call: &Call) -> bool {
        matches!(self.0, Some(SeededBug { how: How::ForgetEvents, .. }))
            && call.request == "GetItem payments"
            && call.json["Key"]["id"]["S"].as_str().is_some_and(|id| id.starts_with("event#"))
    }

    /// True where the webhook's starts come to nothing.
    pub fn swallows_starts(self) -> bool {
        matches!(self.0, Some(SeededBug { how: How::SwallowStarts, .. }))
    }
}

/// The body with a guard that always holds. Its values stay in use, so that DynamoDB takes it.
pub fn always_true(body: &str, guard: &str, tautology: &str) -> String {
    body.replace(guard, &format!("({guard} OR {tautology})"))
}

/// Those that a subject's schedules must notice.
pub fn bugs(subject: Subject) -> Vec<&'static SeededBug> {
    match subject {
        Subject::FirstEdition => first_edition::BUGS.iter().collect(),
        Subject::Orders => holds::BUGS.iter().chain(decisions::BUGS).collect(),
        Subject::FlashSale => crate::flash_sale::bugs::BUGS.iter().collect(),
    }
}

/// Those of the order core, whatever holds the units.
#[cfg(test)]
pub fn bugs_of_orders() -> impl Iterator<Item = &'static SeededBug> {
    [first_edition::BUGS, holds::BUGS, decisions::BUGS].into_iter().flatten()
}
