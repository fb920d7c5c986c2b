//! Checkouts that hold their units in rows of stock: each is the decision over its holds until an order has it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use souk_domain::ids::{CheckoutId, UserId};
use souk_dynamo::{Condition, Item, Outcome, StoreError, Update, attribute, n, s};

use crate::{Checkout, Checkouts, checkouts::CheckoutRecord};

/// Where a checkout stands that holds its units in rows of stock. It leaves `OPEN` once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CheckoutState {
    /// It decides over its holds.
    Open,
    /// An order has it.
    Ordered,
    /// It is over: its units go back, and nothing may be held for it any more.
    Closed,
}

impl CheckoutState {
    /// The name that is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::Ordered => "ORDERED",
            Self::Closed => "CLOSED",
        }
    }
}

/// Why a checkout was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseReason {
    /// Its time was over.
    Expired,
    /// The shopper gave it up.
    Abandoned,
    /// A later checkout of the same shopper took its place, or its units.
    Replaced,
    /// There were too few units.
    SoldOut,
}

/// How opening ended (step P1).
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum OpenOutcome {
    /// It is stored.
    Opened,
    /// It was there before, as it stands now.
    Found(Box<Checkout>),
}

/// How closing ended (steps P3, P5 and T1).
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum CloseOutcome {
    /// It is closed, now or before.
    Closed(Box<Checkout>),
    /// An order has it.
    Ordered(Box<Checkout>),
    /// There is no such checkout (any more): as good as ordered, for nobody knows.
    Absent,
}

/// How attaching ended (step O1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum AttachOutcome {
    /// The order has it, now or before.
    Attached,
    /// It is over.
    Closed,
}

impl Checkouts {
    /// P1. Condition: absent.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn open(&self, checkout: &Checkout) -> Result<OpenOutcome, StoreError> {
        match self.table.put_if(&CheckoutRecord::of(checkout), attribute("id").is_absent()).await? {
            Outcome::Written(()) => Ok(OpenOutcome::Opened),
            Outcome::Refused(Some(item)) => Ok(OpenOutcome::Found(Box::new(souk_dynamo::decode(item)?))),
            Outcome::Refused(None) => Err(StoreError::corrupt("a checkout was refused and is not there")),
        }
    }

    /// P3, P5, T1: nothing may be held for it any more. Condition: `OPEN`.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn close(
        &self,
        checkout_id: &CheckoutId,
        reason: CloseReason,
        now: Timestamp,
    ) -> Result<CloseOutcome, StoreError> {
        let update = becomes(CheckoutState::Closed)
            .set("close_reason", souk_dynamo::value(&reason)?)
            .set("closed_at", n(now.as_millisecond()));
        let read = |item: Item| souk_dynamo::decode::<Checkout>(item).map(Box::new);
        Ok(match self.table.update(&[("id", checkout_id.as_str())], update).await? {
            Outcome::Written(item) => CloseOutcome::Closed(read(item)?),
            Outcome::Refused(None) => CloseOutcome::Absent,
            Outcome::Refused(Some(item)) => {
                let found = read(item)?;
                match found.state {
                    Some(CheckoutState::Closed) => CloseOutcome::Closed(found),
                    _ => CloseOutcome::Ordered(found),
                }
            }
        })
    }

    /// O1: the order has it from now on. Condition: `OPEN`, and its time is not over.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn attach(&self, checkout_id: &CheckoutId, now: Timestamp) -> Result<AttachOutcome, StoreError> {
        let update = becomes(CheckoutState::Ordered).when(attribute("expires_at").is_above(n(now.as_millisecond())));
        Ok(match self.table.update(&[("id", checkout_id.as_str())], update).await? {
            Outcome::Written(_) => AttachOutcome::Attached,
            Outcome::Refused(None) => AttachOutcome::Closed,
            Outcome::Refused(Some(item)) => match souk_dynamo::decode::<Checkout>(item)?.state {
                Some(CheckoutState::Ordered) => AttachOutcome::Attached,
                _ => AttachOutcome::Closed,
            },
        })
    }

    /// A checkout, whoever's, as it stood a moment ago, at half the price: it leaves `OPEN` under a condition and once. One
    /// that was not there is looked for as it is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn recent(&self, checkout_id: &CheckoutId) -> Result<Option<Checkout>, StoreError> {
        self.table.get_sufficing(&[("id", checkout_id.as_str())], |_: &Checkout| true).await
    }

    /// A checkout, whoever's, read consistently.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn get(&self, checkout_id: &CheckoutId) -> Result<Option<Checkout>, StoreError> {
        self.table.get(&[("id", checkout_id.as_str())]).await
    }

    /// A user's open checkouts whose time was not over then, the oldest first. The shopper's count, which is written before
    /// a checkout is opened, names them; it is read as it stood a moment ago, and what it names from the table: what is open
    /// there is listed. One whose time is over may be counted out already, though its timer has not come.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open_of(&self, user_id: &UserId, then: Timestamp) -> Result<Vec<Checkout>, StoreError> {
        let ids = self.counted(user_id, then).await?;
        let keys: Vec<_> = ids.iter().map(|id| [("id", id.as_str())]).collect();
        let mut checkouts: Vec<Checkout> = self.table.read_many(&keys).await?;
        checkouts.retain(|checkout| checkout.state == Some(CheckoutState::Open) && checkout.expires_at > then);
        checkouts.sort_by(|one, other| one.place().cmp(&other.place()));
        Ok(checkouts)
    }

    /// The open checkout of this version of the user's cart. As [`Checkouts::open_of`] it may be a moment late.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open_of_cart(
        &self,
        user_id: &UserId,
        cart_version: u64,
        now: Timestamp,
    ) -> Result<Option<Checkout>, StoreError> {
        let open = self.open_of(user_id, now).await?;
        Ok(open.into_iter().find(|checkout| checkout.cart_version == Some(cart_version)))
    }
}

/// It leaves `OPEN`. Older checkouts stand in an index until then.
fn becomes(state: CheckoutState) -> Update {
    Update::new().set("state", s(state.as_str())).remove("open_of").when(is_open())
}

fn is_open() -> Condition {
    attribute("state").equals(s(CheckoutState::Open.as_str()))
}

impl Checkout {
    /// Which of a shopper's checkouts is older: by when they were made, then by id.
    pub fn place(&self) -> (Timestamp, &CheckoutId) {
        (self.created_at, &self.checkout_id)
    }
}
