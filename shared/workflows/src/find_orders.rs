//! Operators find orders: by status and time, those that need a hand, and those of one shopper.
//!
//! Indexes only propose: each page's orders are read where they stand and judged by [`Attention`], so what is shown is
//! what is true, and a page may be shorter than it was asked for while another one follows.

use std::{
    cmp::Reverse,
    collections::{BTreeSet, HashMap},
};

use jiff::{SignedDuration, Timestamp};
use souk_domain::{
    ids::{OrderId, UserId},
    order::{Attention, Need, Order, OrderStatus},
};
use souk_dynamo::StoreError;
use souk_notifications::{ContactError, Contacts, EmailAddress};
use souk_orders::{Archive, Candidate, Direction, Orders, Page, Place, PlacedBetween, in_status, list};
use souk_payments::PaymentRecords;
use souk_wiring::{Call, Days, FromEnvironment};

/// Which orders an operator wants to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Hot and archived ones, the newest first.
    Placed {
        /// Of this status only.
        status: Option<OrderStatus>,
        /// Placed within this time.
        placed: PlacedBetween,
    },
    /// Those that need a hand for this, the most urgent first.
    InNeed(Need),
}

/// Whose orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// This user's.
    User(UserId),
    /// Of everybody who has this address in the user pool.
    At(EmailAddress),
}

/// An order, and what it needs a hand for.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundOrder {
    /// The order.
    pub order: Order,
    /// What for.
    pub needs: Vec<Need>,
}

/// One page of what was found.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundPage {
    /// The orders.
    pub orders: Vec<FoundOrder>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<Place>,
}

/// What was looked for could not be found out.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The user pool did not answer.
    #[error(transparent)]
    Contact(#[from] ContactError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Judges what orders need a hand for.
#[derive(Debug, FromEnvironment)]
pub struct Judge {
    payments: PaymentRecords,
    #[variable("DISPATCH_DAYS")]
    late_after: Days,
    #[variable("AGEING_WITHIN_SECONDS")]
    ageing_within: SignedDuration,
    #[variable("STUCK_AFTER_SECONDS")]
    stuck_after: SignedDuration,
}

/// Lists orders for operators.
#[derive(Debug, FromEnvironment)]
pub struct FindOrders {
    orders: Orders,
    archive: Archive,
    judge: Judge,
}

/// Searches a shopper's orders for operators.
#[derive(Debug, FromEnvironment)]
pub struct SearchOrders {
    orders: Orders,
    archive: Archive,
    contacts: Contacts,
    judge: Judge,
}

impl Judge {
    /// A judge who goes by this.
    pub fn new(payments: PaymentRecords, attention: Attention) -> Self {
        let Attention { late_after, ageing_within, stuck_after } = attention;
        Self { payments, late_after: Days(late_after), ageing_within, stuck_after }
    }

    fn attention(&self) -> Attention {
        let Self { late_after: Days(late_after), ageing_within, stuck_after, .. } = *self;
        Attention { late_after, ageing_within, stuck_after }
    }

    async fn judged(&self, orders: Vec<Order>, now: Timestamp) -> Result<Vec<FoundOrder>, StoreError> {
        // Before, there is no money that could be late, refused or sent back.
        let paid = orders.iter().filter(|order| order.status != OrderStatus::PendingPayment);
        let paid: Vec<OrderId> = paid.map(|order| order.order_id.clone()).collect();
        let payments = self.payments.many(&paid).await?;
        let money: HashMap<_, _> = payments.iter().map(|payment| (&payment.order_id, payment.facts())).collect();
        let attention = self.attention();
        let found = orders.into_iter().map(|order| {
            let needs = attention.needs(&order, money.get(&order.order_id), now);
            FoundOrder { order, needs }
        });
        Ok(found.collect())
    }
}

impl FindOrders {
    /// A use case of these parts.
    pub fn new(orders: Orders, archive: Archive, judge: Judge) -> Self {
        Self { orders, archive, judge }
    }

    /// One page of at most `limit` orders.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn run(
        &self,
        wanted: Wanted,
        after: Option<&Place>,
        limit: usize,
        call: &Call,
    ) -> Result<FoundPage, StoreError> {
        // One more than the page holds, so that it is known whether another page follows.
        let mut candidates = self.candidates(wanted, after, limit + 1, call.now).await?;
        let more = candidates.len() > limit;
        candidates.truncate(limit);
        let next = candidates.last().filter(|_| more).map(|last| last.place.clone());
        let places: BTreeSet<Place> = candidates.iter().map(|candidate| candidate.place.clone()).collect();
        let mut orders = self.read(candidates).await?;
        if matches!(wanted, Wanted::Placed { .. }) {
            // An order that was cancelled of late is proposed at that time, too: it stands where it was placed.
            orders.retain(|order| places.contains(&Place::of(order)));
            orders.sort_by_key(|order| Reverse(Place::of(order)));
        }
        let mut orders = self.judge.judged(orders, call.now).await?;
        orders.retain(|found| match wanted {
            Wanted::Placed { status, .. } => status.is_none_or(|status| found.order.status == status),
            Wanted::InNeed(need) => found.needs.contains(&need),
        });
        Ok(FoundPage { orders, next })
    }

    /// These orders, wherever they lie, in this order, each once: one that was refused and is stuck is proposed twice.
    async fn read(&self, candidates: Vec<Candidate>) -> Result<Vec<Order>, StoreError> {
        let by_id = |orders: Vec<Order>| orders.into_iter().map(|order| (order.order_id.clone(), order));
        let ids: BTreeSet<OrderId> = candidates.iter().map(|of| of.order_id.clone()).collect();
        let ids: Vec<OrderId> = ids.into_iter().collect();
        let mut found: HashMap<OrderId, Order> = by_id(self.orders.many(&ids).await?).collect();
        let gone = candidates.iter().filter(|of| !found.contains_key(&of.order_id));
        let gone = gone.filter_map(|of| Some((of.archived_of.clone()?, of.place.clone())));
        let archived = self.archive.many(&gone.collect::<Vec<_>>()).await?;
        found.extend(by_id(archived));
        let mut orders = Vec::with_capacity(candidates.len());
        for Candidate { order_id, archived_of, .. } in candidates {
            match found.remove(&order_id) {
                Some(order) => orders.push(order),
                // Money may be sent back long after its order has left the hot table.
                None if archived_of.is_none() && !orders.iter().any(|shown: &Order| shown.order_id == order_id) => {
                    orders.extend(self.archive.get(&order_id).await?);
                }
                None => {}
            }
        }
        Ok(orders)
    }

    async fn candidates(
        &self,
        wanted: Wanted,
        after: Option<&Place>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<Candidate>, StoreError> {
        let attention = self.judge.attention();
        let last = after.and_then(Place::parts);
        let last = last.as_ref().map(|(time, order_id)| (*time, order_id));
        match wanted {
            Wanted::Placed { status, placed } => {
                let one = status.map(|status| [status]);
                let statuses = one.as_ref().map_or(&OrderStatus::ALL[..], |one| &one[..]);
                let page = Page { placed, direction: Direction::NewestFirst, after, limit };
                in_status(&self.orders, &self.archive, statuses, &page).await
            }
            // Whatever was confirmed so long ago was placed before that. What was promised to leave within fewer days than
            // are promised now is proposed when it is so old, too.
            Wanted::InNeed(Need::Late) => {
                let placed = PlacedBetween { from: None, to: Some(now - attention.late_after) };
                let page = Page { placed, direction: Direction::OldestFirst, after, limit };
                self.orders.in_status(&[OrderStatus::Confirmed], &page).await
            }
            Wanted::InNeed(Need::Ageing) => {
                let found = self.judge.payments.ageing(now + attention.ageing_within, last, limit).await?;
                Ok(first(placed(found), limit))
            }
            Wanted::InNeed(Need::RefundFailed) => {
                Ok(first(placed(self.judge.payments.unrefunded(now, last, limit).await?), limit))
            }
            Wanted::InNeed(Need::Disputed) => {
                Ok(first(placed(self.judge.payments.disputed(last, limit).await?), limit))
            }
            Wanted::InNeed(Need::Refused) => {
                let mut found = placed(self.judge.payments.refused(now, last, limit).await?);
                found.extend(self.orders.stuck(now - attention.stuck_after, after, limit).await?);
                Ok(first(found, limit))
            }
        }
    }
}

fn placed(found: Vec<(i64, OrderId)>) -> Vec<(Place, OrderId)> {
    found.into_iter().map(|(time, order_id)| (Place::at(time, &order_id), order_id)).collect()
}

fn first(mut found: Vec<(Place, OrderId)>, limit: usize) -> Vec<Candidate> {
    found.sort();
    found.truncate(limit);
    let candidate = |(place, order_id)| Candidate { place, order_id, archived_of: None };
    found.into_iter().map(candidate).collect()
}

impl SearchOrders {
    /// A use case of these parts.
    pub fn new(orders: Orders, archive: Archive, contacts: Contacts, judge: Judge) -> Self {
        Self { orders, archive, contacts, judge }
    }

    /// One page of at most `limit` orders, the newest first, archived ones among them. An address belongs to one user
    /// of the pool; if it ever belonged to several, the orders of all are found.
    ///
    /// # Errors
    /// [`SearchError`].
    pub async fn run(
        &self,
        whose: &Whose,
        after: Option<&Place>,
        limit: usize,
        call: &Call,
    ) -> Result<FoundPage, SearchError> {
        let users = match whose {
            Whose::User(user_id) => vec![user_id.clone()],
            Whose::At(address) => self.contacts.users_at(address).await?,
        };
        let (mut orders, mut more) = (Vec::new(), false);
        for user_id in &users {
            let page = list(&self.orders, &self.archive, user_id, after, limit).await?;
            more |= page.next.is_some();
            orders.extend(page.orders.into_iter().map(|order| (Place::of(&order), order)));
        }
        orders.sort_by(|(a, _), (b, _)| b.cmp(a));
        more |= orders.len() > limit;
        orders.truncate(limit);
        let next = orders.last().filter(|_| more).map(|(place, _)| place.clone());
        let orders = orders.into_iter().map(|(_, order)| order).collect();
        Ok(FoundPage { orders: self.judge.judged(orders, call.now).await?, next })
    }
}
