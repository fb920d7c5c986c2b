use jiff::{SignedDuration, Timestamp, fmt::serde::timestamp::millisecond};
use serde::{Deserialize, Serialize};
use souk_domain::{
    ids::{CheckoutId, OrderId, UserId},
    money::Money,
    order::{HeldBy, OrderLine},
};
use souk_dynamo::{AttributeValue, Outcome, StoreError, Table, Update, attribute, s};
use souk_wiring::FromEnvironment;

use crate::holding::{CheckoutState, CloseReason};

/// How long a checkout's item outlives its reservation: support can still see what happened.
const RETENTION: SignedDuration = SignedDuration::from_hours(24 * 7);
/// The same where rows hold its units: then its id must never be made again, and a cart's version lives for 90 days.
const RETENTION_OF_HOLDS: SignedDuration = SignedDuration::from_hours(24 * 120);

/// Prices and units held for a shopper until `expires_at`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkout {
    /// The checkout's own id.
    #[serde(rename = "id")]
    pub checkout_id: CheckoutId,
    /// Whose it is.
    pub user_id: UserId,
    /// What is held, at the prices of the moment.
    pub lines: Vec<OrderLine>,
    /// The sum of the lines.
    pub total: Money,
    /// What holds the units.
    #[serde(flatten)]
    pub held_by: HeldBy,
    /// Where it stands, where it holds its units in rows of stock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<CheckoutState>,
    /// Why it was closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub close_reason: Option<CloseReason>,
    /// The cart's version, where the whole cart is being bought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cart_version: Option<u64>,
    /// When it was made.
    #[serde(with = "millisecond::required")]
    pub created_at: Timestamp,
    /// When the units go back.
    #[serde(with = "millisecond::required")]
    pub expires_at: Timestamp,
    /// The order that consumed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<OrderId>,
    /// True once the shopper gave it up.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub abandoned: bool,
}

impl Checkout {
    /// True where nobody can order it any more, because the shopper gave it up or made another in its place, or it was
    /// sold out.
    pub fn is_given_up(&self) -> bool {
        self.abandoned || (self.state == Some(CheckoutState::Closed) && self.close_reason != Some(CloseReason::Expired))
    }

    fn may_be_ordered(&self, now: Timestamp) -> bool {
        let is_open = self.state.is_none_or(|state| state == CheckoutState::Open);
        is_open && self.order_id.is_none() && !self.abandoned && self.expires_at > now
    }

    /// The order that has it.
    pub fn ordered_as(&self) -> Option<OrderId> {
        let of_holds = (self.state == Some(CheckoutState::Ordered)).then(|| OrderId::of_checkout(&self.checkout_id));
        self.order_id.clone().or(of_holds)
    }
}

/// A checkout as it is stored.
#[derive(Serialize)]
pub(crate) struct CheckoutRecord<'a> {
    #[serde(flatten)]
    checkout: &'a Checkout,
    ttl: i64,
}

impl<'a> CheckoutRecord<'a> {
    pub(crate) fn of(checkout: &'a Checkout) -> Self {
        let retention = if checkout.state.is_some() { RETENTION_OF_HOLDS } else { RETENTION };
        Self { checkout, ttl: (checkout.expires_at + retention).as_second() }
    }
}

/// The `checkouts` table. It also holds the markers that say which version of a cart was ordered.
#[derive(Debug, Clone, FromEnvironment)]
pub struct Checkouts {
    #[variable("CHECKOUTS_TABLE")]
    pub(crate) table: Table,
}

impl Checkouts {
    /// The checkouts in this table (key `id`).
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// Stores a new checkout. Storing the same id again changes nothing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn create(&self, checkout: &Checkout) -> Result<(), StoreError> {
        match self.table.put_if(&CheckoutRecord::of(checkout), attribute("id").is_absent()).await? {
            Outcome::Written(()) | Outcome::Refused(_) => Ok(()),
        }
    }

    /// A user's checkout; another user's is as absent as one that never was.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of_user(&self, checkout_id: &CheckoutId, user_id: &UserId) -> Result<Option<Checkout>, StoreError> {
        let checkout: Option<Checkout> = self.table.get(&[("id", checkout_id.as_str())]).await?;
        Ok(checkout.filter(|checkout| checkout.user_id == *user_id))
    }

    /// As [`Checkouts::of_user`] a moment ago, at half the price, where it could be ordered then: a condition decides whether
    /// it still can be. Any other is read as it is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn to_order(
        &self,
        checkout_id: &CheckoutId,
        user_id: &UserId,
        now: Timestamp,
    ) -> Result<Option<Checkout>, StoreError> {
        let suffices = |seen: &Checkout| seen.user_id == *user_id && seen.may_be_ordered(now);
        let found = self.table.get_sufficing(&[("id", checkout_id.as_str())], suffices).await?;
        Ok(found.filter(|checkout| checkout.user_id == *user_id))
    }

    /// Gives a checkout up, unless an order has consumed it. True where it is given up now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn abandon(&self, checkout_id: &CheckoutId) -> Result<bool, StoreError> {
        let update = Update::new()
            .set("abandoned", AttributeValue::Bool(true))
            .when(attribute("id").exists())
            .when(attribute("order_id").is_absent());
        Ok(self.table.update(&[("id", checkout_id.as_str())], update).await?.is_written())
    }

    /// Takes away the mark that this order put on its cart's version, so that the cart can be ordered
    /// after all (step F4). Another order's mark stays.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn unmark_cart(&self, user_id: &UserId, cart_version: u64, by: &OrderId) -> Result<(), StoreError> {
        let marker = cart_marker(user_id, cart_version);
        match self.table.delete_if(&[("id", &marker)], attribute("order_id").equals(s(by.as_str()))).await? {
            Outcome::Written(()) | Outcome::Refused(_) => Ok(()),
        }
    }

    /// True where this version of the user's cart had been ordered a moment ago.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn cart_is_ordered(&self, user_id: &UserId, cart_version: u64) -> Result<bool, StoreError> {
        // Placing its order asks again, under a condition.
        let marker: Option<CartMarker> =
            self.table.get_eventually(&[("id", &cart_marker(user_id, cart_version))]).await?;
        Ok(marker.is_some())
    }
}

/// Says that a version of a cart was ordered, and by which order.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct CartMarker {
    pub id: String,
    pub order_id: OrderId,
    pub ttl: i64,
}

impl CartMarker {
    pub fn new(user_id: &UserId, cart_version: u64, order_id: &OrderId, now: Timestamp) -> Self {
        // By then the cart has long moved on to another version.
        let ttl = (now + SignedDuration::from_hours(24 * 90)).as_second();
        Self { id: cart_marker(user_id, cart_version), order_id: order_id.clone(), ttl }
    }
}

fn cart_marker(user_id: &UserId, cart_version: u64) -> String {
    format!("cart#{user_id}#{cart_version}")
}
