use jiff::Timestamp;
use souk_domain::order::{FromCheckout, Order};
use souk_dynamo::{Refusal, StoreError, Transaction, TransactionOutcome, Update, attribute, n, s};

use crate::{Checkout, Checkouts, OrderRecord, Orders, checkouts::CartMarker};

/// How placing an order ended.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub enum PlaceOutcome {
    /// The order is stored; its checkout and its cart's version are consumed.
    Placed,
    /// An order with this id is there already. The caller compares the requests: a replay, or a reused key.
    Exists(Box<Order>),
    /// Another order has consumed the checkout.
    CheckoutConsumed,
    /// The checkout's time is over, or the shopper gave it up.
    CheckoutExpired,
    /// Another checkout of the same version of the cart was ordered.
    CartConsumed,
    /// Somebody else was writing the same items: nothing happened, try again.
    Contention,
}

/// Places an order made of this checkout (the protocol's first step): order, checkout and cart marker in
/// one transaction.
///
/// Condition: the order is absent; the checkout is there, not consumed, not given up and not expired;
/// the cart's version was not ordered (only for a checkout of the whole cart).
///
/// # Errors
/// [`StoreError`] where the outcome is unknown; repeating is safe.
pub async fn place(
    orders: &Orders,
    checkouts: &Checkouts,
    order: &Order,
    checkout: &FromCheckout,
    now: Timestamp,
) -> Result<PlaceOutcome, StoreError> {
    let consume = Update::new()
        .set("order_id", s(order.order_id.as_str()))
        .when(attribute("id").exists())
        .when(attribute("order_id").is_absent())
        .when(attribute("abandoned").is_absent())
        .when(attribute("expires_at").is_above(n(now.as_millisecond())));
    let mut transaction = Transaction::new()
        .put_if(&orders.table, &OrderRecord::from(order), attribute("order_id").is_absent())
        .update(&checkouts.table, &[("id", checkout.checkout_id.as_str())], consume);
    if let Some(version) = checkout.cart_version {
        let marker = CartMarker::new(&order.user_id, version, &order.order_id, now);
        transaction = transaction.put_if(&checkouts.table, &marker, attribute("id").is_absent());
    }
    match transaction.commit(orders.table.client()).await? {
        TransactionOutcome::Committed { .. } => Ok(PlaceOutcome::Placed),
        TransactionOutcome::Refused(reasons) => why(reasons),
    }
}

/// The order's own refusal is looked at first: whoever repeats a request must hear of their order, not
/// of the checkout that it consumed.
fn why(reasons: Vec<Refusal>) -> Result<PlaceOutcome, StoreError> {
    let mut reasons = reasons.into_iter();
    let (order, checkout, marker) = (reasons.next(), reasons.next(), reasons.next());
    if let Some(Refusal::Condition(Some(item))) = order {
        return Ok(PlaceOutcome::Exists(Box::new(souk_dynamo::decode::<OrderRecord>(item)?.into())));
    }
    if let Some(Refusal::Condition(item)) = checkout {
        let checkout: Option<Checkout> = item.map(souk_dynamo::decode).transpose()?;
        return Ok(match checkout {
            Some(checkout) if checkout.order_id.is_some() => PlaceOutcome::CheckoutConsumed,
            _ => PlaceOutcome::CheckoutExpired,
        });
    }
    if let Some(Refusal::Condition(_)) = marker {
        return Ok(PlaceOutcome::CartConsumed);
    }
    Ok(PlaceOutcome::Contention)
}
