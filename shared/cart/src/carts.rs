use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use souk_domain::{
    ids::{Sku, UserId},
    money::Money,
    quantity::Quantity,
};
use souk_dynamo::{Backoff, Condition, Outcome, StoreError, Table, Transaction, TransactionOutcome, attribute, n};
use souk_wiring::FromEnvironment;

use crate::{Cart, GuestToken, MergeOutcome, Owner, TooManyLines, merged};

/// How long a cart outlives its last change.
const RETENTION: SignedDuration = SignedDuration::from_hours(24 * 90);
/// How often a change is made anew because another tab was quicker.
const ATTEMPTS: u32 = 8;
const BACKOFF: Backoff = Backoff { base: Duration::from_millis(10), cap: Duration::from_millis(200) };

/// The `carts` table (key `owner`).
#[derive(Debug, Clone, FromEnvironment)]
pub struct Carts {
    #[variable("CARTS_TABLE")]
    table: Table,
}

/// How a change of a cart ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum ChangeOutcome {
    /// The cart as it is now; the same version where there was nothing to change.
    Done(Cart),
    /// It would have too many lines.
    TooManyLines,
    /// Others kept changing it: nothing happened, try again.
    Busy,
}

#[derive(Debug, Serialize, Deserialize)]
struct CartItem {
    owner: String,
    #[serde(flatten)]
    cart: Cart,
    ttl: i64,
}

impl CartItem {
    fn new(owner: &Owner, cart: &Cart, now: Timestamp) -> Self {
        Self { owner: owner.key(), cart: cart.clone(), ttl: (now + RETENTION).as_second() }
    }
}

/// A cart as it was read.
struct LoadedCart {
    cart: Cart,
    stored: bool,
}

impl LoadedCart {
    fn from_item(item: Option<CartItem>, now: Timestamp) -> Self {
        match item {
            Some(item) => Self { cart: item.cart, stored: true },
            None => Self { cart: Cart::empty(now), stored: false },
        }
    }

    /// That the cart still is as it was read.
    fn is_unchanged(&self) -> Condition {
        if self.stored { attribute("version").equals(n(self.cart.version)) } else { attribute("owner").is_absent() }
    }
}

impl Carts {
    /// The carts in this table.
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// A user's cart, read consistently.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of_user(&self, user_id: &UserId, now: Timestamp) -> Result<Cart, StoreError> {
        self.get(&Owner::User(user_id.clone()), now).await
    }

    /// A cart, read consistently; an empty one where none is stored.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn get(&self, owner: &Owner, now: Timestamp) -> Result<Cart, StoreError> {
        Ok(self.load(owner, now).await?.cart)
    }

    /// Puts so many units of a SKU into a cart.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn put(
        &self,
        owner: &Owner,
        sku: &Sku,
        quantity: Quantity,
        seen_price: Option<Money>,
        now: Timestamp,
    ) -> Result<ChangeOutcome, StoreError> {
        self.change(owner, now, |cart| cart.put(sku, quantity, seen_price)).await
    }

    /// Takes a SKU out of a cart.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn remove(&self, owner: &Owner, sku: &Sku, now: Timestamp) -> Result<ChangeOutcome, StoreError> {
        self.change(owner, now, |cart| Ok(cart.without(sku))).await
    }

    /// Takes the lines of an order out of the cart whose version `ordered_version` it was made of.
    /// Lines changed since stay. Each line leaves once, however often this is repeated.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn take_ordered(
        &self,
        user_id: &UserId,
        ordered_version: u64,
        skus: &[Sku],
        now: Timestamp,
    ) -> Result<ChangeOutcome, StoreError> {
        let owner = Owner::User(user_id.clone());
        let without = |cart: &Cart| Ok(cart.without_ordered(ordered_version, skus));
        let seen: Option<CartItem> = self.table.get_eventually(&[("owner", &owner.key())]).await?;
        match LoadedCart::from_item(seen, now) {
            // Its version decides whether it is this one that is written.
            seen if without(&seen.cart).is_ok_and(|next| next != seen.cart) => {
                self.change_loaded(&owner, seen, now, without).await
            }
            _ => self.change(&owner, now, without).await,
        }
    }

    /// Merges a guest's cart into a user's (see [`merged`]). Both are written in one transaction, so
    /// nothing is lost or doubled in between, and a second call changes nothing.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn merge(
        &self,
        user_id: &UserId,
        token: &GuestToken,
        now: Timestamp,
    ) -> Result<MergeOutcome, StoreError> {
        let (user, guest) = (Owner::User(user_id.clone()), Owner::Guest(token.clone()));
        for attempt in 1..=ATTEMPTS {
            // The guest's first: where another merge has emptied it, the user's is read after that merge.
            let from_guest = self.load(&guest, now).await?;
            let from_user = self.load(&user, now).await?;
            let (to, left) = merged(&from_user.cart, &from_guest.cart);
            if left == from_guest.cart && to == from_user.cart {
                return Ok(outcome(to, left));
            }
            let transaction = Transaction::new()
                .put_if(&self.table, &CartItem::new(&user, &to, now), from_user.is_unchanged())
                .put_if(&self.table, &CartItem::new(&guest, &left, now), from_guest.is_unchanged());
            match transaction.commit(self.table.client()).await {
                Ok(TransactionOutcome::Committed { .. }) => return Ok(outcome(to, left)),
                Ok(TransactionOutcome::Refused(_)) | Err(StoreError::Busy(_)) => BACKOFF.pause(attempt).await,
                Err(error) => return Err(error),
            }
        }
        Ok(MergeOutcome::Busy)
    }

    async fn load(&self, owner: &Owner, now: Timestamp) -> Result<LoadedCart, StoreError> {
        let item: Option<CartItem> = self.table.get(&[("owner", &owner.key())]).await?;
        Ok(LoadedCart::from_item(item, now))
    }

    /// Writes a changed cart over the one that it was made from; where another tab was quicker, makes
    /// the change anew from what that one left.
    async fn change(
        &self,
        owner: &Owner,
        now: Timestamp,
        change: impl Fn(&Cart) -> Result<Cart, TooManyLines>,
    ) -> Result<ChangeOutcome, StoreError> {
        let present = self.load(owner, now).await?;
        self.change_loaded(owner, present, now, change).await
    }

    async fn change_loaded(
        &self,
        owner: &Owner,
        mut present: LoadedCart,
        now: Timestamp,
        change: impl Fn(&Cart) -> Result<Cart, TooManyLines>,
    ) -> Result<ChangeOutcome, StoreError> {
        for attempt in 1..=ATTEMPTS {
            let Ok(next) = change(&present.cart) else { return Ok(ChangeOutcome::TooManyLines) };
            if next == present.cart {
                return Ok(ChangeOutcome::Done(next));
            }
            let item = CartItem::new(owner, &next, now);
            match self.table.put_if(&item, present.is_unchanged()).await {
                Ok(Outcome::Written(())) => return Ok(ChangeOutcome::Done(next)),
                Ok(Outcome::Refused(item)) => {
                    present = LoadedCart::from_item(item.map(souk_dynamo::decode).transpose()?, now)
                }
                Err(StoreError::Busy(_)) => {}
                Err(error) => return Err(error),
            }
            BACKOFF.pause(attempt).await;
        }
        Ok(ChangeOutcome::Busy)
    }
}

fn outcome(to: Cart, left: Cart) -> MergeOutcome {
    if left.lines.is_empty() {
        MergeOutcome::Merged(to)
    } else {
        MergeOutcome::Full(to, left.lines.into_keys().collect())
    }
}
