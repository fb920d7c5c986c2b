use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, fmt::serde::timestamp::millisecond};
use serde::{Deserialize, Serialize};
use souk_domain::ids::{CheckoutId, UserId};
use souk_dynamo::{Attribute, Outcome, StoreError, Update, attribute, n};

use crate::{Checkout, CheckoutState, Checkouts};

/// How often a shopper's count that moves is asked anew.
const ATTEMPTS: u32 = 8;
/// So many that are over are counted out in one write: an expression has a few hundred operators at the most.
const COUNTED_OUT_AT_ONCE: usize = 25;
/// How long the count outlives what it counts.
const RETENTION: SignedDuration = SignedDuration::from_hours(24);

/// How much one shopper may hold at once: nobody can hold the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShopperLimits {
    /// Open checkouts.
    pub checkouts: u32,
    /// Units, of all open checkouts together.
    pub units: u32,
}

/// A checkout that is about to hold units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// Which.
    pub checkout_id: CheckoutId,
    /// How many units, of all its lines.
    pub units: u32,
    /// Until when.
    pub until: Timestamp,
}

/// How asking for room ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum RoomOutcome {
    /// It counts from now on, or did before.
    Counted,
    /// The shopper has as many open checkouts as they may; the first of them ends then.
    TooMany(Timestamp),
    /// The shopper's open checkouts hold so many units, and with these they would be too many.
    TooManyUnits(u32),
    /// The count kept moving: nothing happened, try again.
    Busy,
}

/// What a shopper's open checkouts hold: one item a shopper, beside the checkouts.
#[derive(Debug, Serialize, Deserialize)]
struct Count {
    id: String,
    checkouts: u32,
    units: u32,
    open: BTreeMap<CheckoutId, Entry>,
    ttl: i64,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Entry {
    units: u32,
    #[serde(with = "millisecond::required")]
    until: Timestamp,
}

impl Checkouts {
    /// Counts a checkout before it holds anything, if its shopper has room for it. One write where they have; what is
    /// over or ordered is found out only where they seem to have none.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn make_room(
        &self,
        user_id: &UserId,
        limits: ShopperLimits,
        opening: &Opening,
        now: Timestamp,
    ) -> Result<RoomOutcome, StoreError> {
        if opening.units > limits.units {
            return Ok(RoomOutcome::TooManyUnits(0));
        }
        let id = key(user_id);
        for _ in 0..ATTEMPTS {
            let update = count_in(opening, limits)?;
            let found = match self.table.update(&[("id", id.as_str())], update).await? {
                Outcome::Written(_) => return Ok(RoomOutcome::Counted),
                Outcome::Refused(Some(item)) => souk_dynamo::decode::<Count>(item)?,
                Outcome::Refused(None) => {
                    if self.table.put_if(&first(&id, opening), attribute("id").is_absent()).await?.is_written() {
                        return Ok(RoomOutcome::Counted);
                    }
                    continue;
                }
            };
            if found.open.contains_key(&opening.checkout_id) {
                return Ok(RoomOutcome::Counted);
            }
            let over = self.over(&found, now).await?;
            if over.is_empty() {
                return Ok(match found.open.values().map(|entry| entry.until).min() {
                    Some(until) if found.checkouts >= limits.checkouts => RoomOutcome::TooMany(until),
                    _ => RoomOutcome::TooManyUnits(found.units),
                });
            }
            let _mine_or_not = self.table.update(&[("id", id.as_str())], count_out(&over)).await?;
        }
        Ok(RoomOutcome::Busy)
    }

    /// Counts a checkout no more that came to nothing. Repeating it changes nothing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn leave_room(&self, user_id: &UserId, opening: &Opening) -> Result<(), StoreError> {
        let over = BTreeMap::from([(opening.checkout_id.clone(), opening.units)]);
        self.table.update(&[("id", key(user_id).as_str())], count_out(&over)).await.map(drop)
    }

    /// What is counted of a shopper, and was to end after `then`.
    pub(crate) async fn counted(&self, user_id: &UserId, then: Timestamp) -> Result<Vec<CheckoutId>, StoreError> {
        let count: Option<Count> = self.table.get_eventually(&[("id", key(user_id).as_str())]).await?;
        let open = count.map(|count| count.open).unwrap_or_default();
        Ok(open.into_iter().filter(|(_, entry)| entry.until > then).map(|(id, _)| id).collect())
    }

    /// What is counted and holds nothing any more: its time is over, it was given up, or an order has it.
    async fn over(&self, count: &Count, now: Timestamp) -> Result<BTreeMap<CheckoutId, u32>, StoreError> {
        let keys: Vec<_> = count.open.keys().map(|id| [("id", id.as_str())]).collect();
        let checkouts = self.table.read_many::<Checkout, _>(&keys).await?;
        let is_over = |id: &CheckoutId, entry: &Entry| {
            let ended = |checkout: &Checkout| {
                let is_decided = matches!(checkout.state, Some(CheckoutState::Ordered | CheckoutState::Closed));
                is_decided || checkout.order_id.is_some() || checkout.abandoned
            };
            entry.until <= now || checkouts.iter().any(|checkout| checkout.checkout_id == *id && ended(checkout))
        };
        let over = count.open.iter().filter(|(id, entry)| is_over(id, entry)).take(COUNTED_OUT_AT_ONCE);
        Ok(over.map(|(id, entry)| (id.clone(), entry.units)).collect())
    }
}

fn key(user_id: &UserId) -> String {
    format!("shopper#{user_id}")
}

fn entry_at(checkout_id: &CheckoutId) -> Attribute {
    attribute("open").key(checkout_id.as_str())
}

fn ends(opening: &Opening) -> i64 {
    (opening.until + RETENTION).as_second()
}

fn first(id: &str, opening: &Opening) -> Count {
    let entry = Entry { units: opening.units, until: opening.until };
    Count {
        id: id.to_owned(),
        checkouts: 1,
        units: opening.units,
        open: BTreeMap::from([(opening.checkout_id.clone(), entry)]),
        ttl: ends(opening),
    }
}

fn count_in(opening: &Opening, limits: ShopperLimits) -> Result<Update, StoreError> {
    let at = entry_at(&opening.checkout_id);
    let entry = souk_dynamo::value(&Entry { units: opening.units, until: opening.until })?;
    Ok(Update::new()
        .set(at.clone(), entry)
        .set("ttl", n(ends(opening)))
        .add("checkouts", n(1))
        .add("units", n(opening.units))
        .when(at.is_absent())
        .when(attribute("checkouts").is_below(n(limits.checkouts)))
        .when(attribute("units").is_at_most(n(limits.units.saturating_sub(opening.units)))))
}

/// Of several who find the same to be over, one counts it out.
fn count_out(over: &BTreeMap<CheckoutId, u32>) -> Update {
    let units: i64 = over.values().map(|units| i64::from(*units)).sum();
    let checkouts = i64::try_from(over.len()).unwrap_or(i64::MAX);
    let update = Update::new().add("checkouts", n(-checkouts)).add("units", n(-units));
    over.keys().fold(update, |update, id| {
        let at = entry_at(id);
        update.remove(at.clone()).when(at.exists())
    })
}
