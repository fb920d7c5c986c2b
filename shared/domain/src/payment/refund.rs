//! Refunds: money that was taken and goes back, whole or in part.
//!
//! A refund is written down before the gateway hears of it, and counts from then on: what is not `FAILED` never adds
//! up to more than was captured.

use jiff::{SignedDuration, Timestamp, fmt::serde::timestamp::millisecond};
use serde::{Deserialize, Serialize};

use crate::{
    ids::{OrderId, RefundId, UserId},
    money::{Currency, Money},
};

/// The longest note, in characters.
pub const MAX_NOTE: usize = 500;
/// The most refunds that may be asked for of one payment: all of them are one item of the store.
pub const MAX_REFUNDS: usize = 50;
/// How far the gateway's clock may be from ours.
const CLOCKS: SignedDuration = SignedDuration::from_mins(5);

/// Why money goes back. The names are stored: none may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RefundReason {
    /// A parcel did not arrive.
    LostParcel,
    /// Goods arrived damaged.
    Damaged,
    /// The shop wants to be kind.
    Goodwill,
    /// A unit was not there to be packed.
    ShortPick,
    /// Something else; the note says what.
    Other,
}

/// What staff write for each other. The shopper never sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Note(String);

impl Note {
    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Note {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let fits = !text.trim().is_empty() && text.chars().count() <= MAX_NOTE;
        if fits { Ok(Self(text)) } else { Err("must have 1 to 500 characters") }
    }
}

impl From<Note> for String {
    fn from(note: Note) -> Self {
        note.0
    }
}

/// Who or what wanted a refund. The names are stored: none may change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RefundOrigin {
    /// An operator.
    Operator {
        /// Who.
        operator_id: UserId,
        /// Why.
        reason: RefundReason,
        /// What other staff should know.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<Note>,
    },
    /// The shop by itself, such as for a unit that was not there to be packed.
    System {
        /// Why.
        reason: RefundReason,
    },
    /// The order was cancelled after its money had been taken.
    Cancellation,
    /// Somebody at the gateway, past this shop.
    Gateway,
}

/// Where a refund stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RefundState {
    /// It is wanted; the gateway may have heard of it.
    Pending,
    /// The money is on its way to the shopper. The bank may still send it back.
    Succeeded,
    /// The shopper does not get the money; it can be refunded again.
    Failed,
}

/// One refund of a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// Which.
    pub refund_id: RefundId,
    /// How much; more than nothing.
    pub amount: Money,
    /// Who wanted it.
    #[serde(flatten)]
    pub origin: RefundOrigin,
    /// Where it stands.
    pub state: RefundState,
    /// Of which refund it is a new attempt; who wanted that one, and why, stands above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<Retry>,
    /// A digest of the request that asked for it, where one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_digest: Option<String>,
    /// The gateway's id, once it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gateway_id: Option<String>,
    /// The gateway's code of why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure_code: Option<String>,
    /// When it was wanted.
    #[serde(with = "millisecond::required")]
    pub asked_at: Timestamp,
    /// When its state was last written.
    #[serde(with = "millisecond::required")]
    pub changed_at: Timestamp,
}

/// That a refund which has failed is tried again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retry {
    /// Which has failed.
    pub of: RefundId,
    /// The operator who tries again.
    pub by: UserId,
}

/// A refund that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// Which; the same for each repetition of the request.
    pub refund_id: RefundId,
    /// How much; `None` for all that is left.
    pub amount: Option<Money>,
    /// Who wants it.
    pub origin: RefundOrigin,
    /// A digest of the request.
    pub request_digest: String,
}

/// Why a refund cannot be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    /// More than what was captured and is not refunded, or nothing at all.
    #[error("no more than {refundable} can be refunded")]
    Exceeds {
        /// What can be.
        refundable: Money,
    },
    /// A bank has taken what is not refunded, over a dispute.
    #[error("{withdrawn} is disputed: no more than {refundable} can be refunded")]
    Disputed {
        /// What the bank has.
        withdrawn: Money,
        /// What can be refunded beside that.
        refundable: Money,
    },
    /// It is asked for in another currency than was captured.
    #[error("must be {captured}")]
    OtherCurrency {
        /// The currency of the payment.
        captured: Currency,
    },
    /// The id belongs to a refund that was asked for in other words.
    #[error("the request differs from the one that made this refund")]
    AskedDifferently,
    /// There are [`MAX_REFUNDS`] already.
    #[error("there are {MAX_REFUNDS} refunds of this payment already")]
    TooMany,
}

/// Why a refund cannot be tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RetryError {
    /// There is no such refund.
    #[error("there is no such refund")]
    Unknown,
    /// It has not failed.
    #[error("the refund has not failed")]
    NotFailed(RefundState),
    /// The rules do not allow another one.
    #[error(transparent)]
    Ask(#[from] AskError),
}

/// A refund as the gateway tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The gateway's id.
    pub gateway_id: String,
    /// Ours, where it was made by this shop.
    pub refund_id: Option<RefundId>,
    /// How much.
    pub amount: Money,
    /// Where it stands there.
    pub state: RefundState,
    /// Why it failed, where it did.
    pub failure_code: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A refund that the gateway would not make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Which.
    pub refund_id: RefundId,
    /// The gateway's code.
    pub code: String,
}

/// What was told adds up to more than was captured; a person must look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the refunds add up to more than was captured")]
pub struct RefundsExceed;

/// What still has to happen with a payment's refunds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Open {
    /// The gateway has not been heard about one of them.
    Unheard,
    /// The gateway knows them all, and one is still on its way.
    Underway,
    /// One has failed, and none was made since: somebody must decide.
    Failed,
}

/// All refunds of a payment, in the order in which they were written down.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Refunds(Vec<Refund>);

impl Refunds {
    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &Refund> {
        self.0.iter()
    }

    /// True where there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The one with this id.
    pub fn get(&self, refund_id: &RefundId) -> Option<&Refund> {
        self.0.iter().find(|refund| refund.refund_id == *refund_id)
    }

    /// What of `captured` goes back or has gone back: everything that has not failed.
    pub fn refunded(&self, captured: Money) -> Money {
        let total = self.0.iter().filter(|refund| refund.state != RefundState::Failed).map(amount).sum();
        // `ask` and `learn` let nothing exceed what was captured, which is money.
        captured.of_same(total).unwrap_or(captured)
    }

    /// What of `captured` can still be refunded.
    pub fn refundable(&self, captured: Money) -> Money {
        captured.minus(self.refunded(captured)).unwrap_or(Money::nothing(captured.currency()))
    }

    /// Writes down a refund that is wanted; where it was before, that one is told.
    ///
    /// # Errors
    /// [`AskError`]; nothing is changed.
    pub fn ask(&mut self, captured: Money, ask: Ask, now: Timestamp) -> Result<Refund, AskError> {
        if let Some(known) = self.get(&ask.refund_id) {
            let is_same = known.request_digest.as_ref() == Some(&ask.request_digest);
            return if is_same { Ok(known.clone()) } else { Err(AskError::AskedDifferently) };
        }
        let refundable = self.refundable(captured);
        let amount = ask.amount.unwrap_or(refundable);
        if amount.currency() != captured.currency() {
            return Err(AskError::OtherCurrency { captured: captured.currency() });
        }
        if amount.is_nothing() || amount.amount() > refundable.amount() {
            return Err(AskError::Exceeds { refundable });
        }
        if self.0.len() >= MAX_REFUNDS {
            return Err(AskError::TooMany);
        }
        let refund = Refund {
            refund_id: ask.refund_id,
            amount,
            origin: ask.origin,
            retry: None,
            state: RefundState::Pending,
            request_digest: Some(ask.request_digest),
            gateway_id: None,
            failure_code: None,
            asked_at: now,
            changed_at: now,
        };
        self.0.push(refund.clone());
        Ok(refund)
    }

    /// Writes down that a refund which has failed is tried again: as much, for the same purpose. Of each there is one new
    /// attempt; where it was written down before, that one is told.
    ///
    /// # Errors
    /// [`RetryError`]; nothing is changed.
    pub fn retry(
        &mut self,
        captured: Money,
        failed: &RefundId,
        by: &UserId,
        now: Timestamp,
    ) -> Result<Refund, RetryError> {
        let refund_id = RefundId::of_retry(failed);
        if let Some(known) = self.get(&refund_id) {
            return Ok(known.clone());
        }
        let of = self.get(failed).ok_or(RetryError::Unknown)?;
        if of.state != RefundState::Failed {
            return Err(RetryError::NotFailed(of.state));
        }
        let (amount, origin) = (Some(of.amount), of.origin.clone());
        let request_digest = format!("retry of {failed}");
        let retry = Some(Retry { of: failed.clone(), by: by.clone() });
        let asked = self.ask(captured, Ask { refund_id, amount, origin, request_digest }, now)?;
        let made = Refund { retry, ..asked };
        for refund in self.0.iter_mut().filter(|refund| refund.refund_id == made.refund_id) {
            refund.clone_from(&made);
        }
        Ok(made)
    }

    /// Since when a refund has failed and no other has succeeded in its place: somebody must look, until one has.
    pub fn failed_since(&self) -> Option<Timestamp> {
        self.failed(|state| state == RefundState::Succeeded).map(|refund| refund.changed_at).min()
    }

    /// Those that have failed and were not made good by one whose state is `good`. A new attempt makes good what it
    /// repeats; any other refund makes good whatever had failed when it was asked for.
    fn failed(&self, good: impl Fn(RefundState) -> bool + Copy) -> impl Iterator<Item = &Refund> {
        let failed = self.0.iter().filter(|refund| refund.state == RefundState::Failed);
        failed.filter(move |refund| !self.is_made_good(refund, good))
    }

    fn is_made_good(&self, failed: &Refund, good: impl Fn(RefundState) -> bool + Copy) -> bool {
        self.0.iter().any(|other| match &other.retry {
            Some(retry) if retry.of != failed.refund_id => false,
            Some(_) => good(other.state) || (other.state == RefundState::Failed && self.is_made_good(other, good)),
            None => good(other.state) && other.was_asked_after(failed),
        })
    }

    /// The refunds that are wanted and of which the gateway tells nothing.
    pub fn unheard<'a>(&'a self, told: &'a [Told]) -> impl Iterator<Item = &'a Refund> {
        let is_told = |refund: &Refund| told.iter().any(|there| there.is(refund));
        self.0.iter().filter(move |refund| refund.state == RefundState::Pending && !is_told(refund))
    }

    /// Takes over all that the gateway tells of this payment's refunds, and what it refused. What the gateway has is
    /// so; a refund that this shop did not make is written down as the gateway's.
    ///
    /// # Errors
    /// [`RefundsExceed`]; nothing is changed.
    pub fn learn(
        &mut self,
        (order_id, captured): (&OrderId, Money),
        told: &[Told],
        refused: &[Refused],
        now: Timestamp,
    ) -> Result<(), RefundsExceed> {
        let mut next = self.clone();
        for refusal in refused {
            if let Some(refund) = next.0.iter_mut().find(|refund| refund.refund_id == refusal.refund_id) {
                refund.become_(RefundState::Failed, Some(&refusal.code), now);
            }
        }
        for there in told {
            match next.0.iter_mut().find(|refund| there.is(refund)) {
                Some(refund) => {
                    refund.gateway_id = Some(there.gateway_id.clone());
                    refund.become_(there.state, there.failure_code.as_deref(), now);
                }
                None => next.0.push(there.unknown(order_id, now)),
            }
        }
        let total: i64 = next.iter().filter(|refund| refund.state != RefundState::Failed).map(amount).sum();
        if total > captured.amount() {
            return Err(RefundsExceed);
        }
        *self = next;
        Ok(())
    }

    /// What still has to happen, if anything.
    pub fn open(&self) -> Option<Open> {
        let pending = || self.0.iter().filter(|refund| refund.state == RefundState::Pending);
        if pending().any(|refund| refund.gateway_id.is_none()) {
            Some(Open::Unheard)
        } else if pending().next().is_some() {
            Some(Open::Underway)
        } else {
            self.failed(|state| state != RefundState::Failed).next().map(|_| Open::Failed)
        }
    }
}

fn amount(refund: &Refund) -> i64 {
    refund.amount.amount()
}

impl Refund {
    /// Whether it was asked for when that one had failed. What was made at the gateway bears the gateway's time.
    fn was_asked_after(&self, failed: &Self) -> bool {
        let clocks = match &self.origin {
            RefundOrigin::Operator { .. } | RefundOrigin::System { .. } => SignedDuration::ZERO,
            RefundOrigin::Cancellation | RefundOrigin::Gateway => CLOCKS,
        };
        self.asked_at + clocks >= failed.changed_at
    }

    fn become_(&mut self, state: RefundState, failure_code: Option<&str>, now: Timestamp) {
        if self.state != state {
            self.state = state;
            self.failure_code = failure_code.map(str::to_owned);
            self.changed_at = now;
        }
    }
}

impl Told {
    /// True where this is what became of that refund.
    fn is(&self, refund: &Refund) -> bool {
        match &self.refund_id {
            Some(id) => *id == refund.refund_id,
            None => refund.gateway_id.as_ref() == Some(&self.gateway_id),
        }
    }

    fn unknown(&self, order_id: &OrderId, now: Timestamp) -> Refund {
        let (refund_id, origin) = match &self.refund_id {
            Some(id) if *id == RefundId::of_cancellation(order_id) => (id.clone(), RefundOrigin::Cancellation),
            // Ours, and written down no more: a restored table. Its id keeps a repeated request from a second one.
            Some(id) => (id.clone(), RefundOrigin::Gateway),
            None => (RefundId::of_gateway(order_id, &self.gateway_id), RefundOrigin::Gateway),
        };
        Refund {
            refund_id,
            amount: self.amount,
            origin,
            retry: None,
            state: self.state,
            request_digest: None,
            gateway_id: Some(self.gateway_id.clone()),
            failure_code: self.failure_code.clone(),
            asked_at: self.created_at,
            changed_at: now,
        }
    }
}

#[cfg(test)]
mod tests;
