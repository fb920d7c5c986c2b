//! `POST /orders`: turns a checkout into an order and starts its saga.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use souk_cart::Carts;
use souk_domain::{
    ids::{CheckoutId, OrderId, Sku, UserId},
    order::{Actor, Address, FromCheckout, Order, OrderStatus, Origin, Transition, total},
    payment::check_method,
};
use souk_orders::{Archive, Checkout, Checkouts, Orders, PlaceOutcome, Saga, find, place};
use souk_payments::PaymentRecords;
use souk_pricing::{Offer, Prices};
use souk_runtime::{
    ConfigError, Environment, FromEnvironment,
    http::{HttpResult, Problem, Request, Response},
};

use super::OrderView;
use crate::{
    dependencies,
    problems::{self, PriceChange},
};

/// All that an order is made of.
#[derive(Debug)]
pub struct Deps {
    orders: Orders,
    archive: Archive,
    checkouts: Checkouts,
    prices: Prices,
    payments: PaymentRecords,
    carts: Carts,
    saga: Saga,
    time_to_pay: SignedDuration,
}

impl FromEnvironment for Deps {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self {
            orders: dependencies::orders(environment)?,
            archive: dependencies::archive(environment)?,
            checkouts: dependencies::checkouts(environment)?,
            prices: dependencies::prices(environment)?,
            payments: dependencies::payments(environment)?,
            carts: dependencies::carts(environment)?,
            saga: dependencies::saga(environment)?,
            time_to_pay: SignedDuration::from_secs(environment.parse("PAYMENT_SECONDS")?),
        })
    }
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Body {
    checkout_id: CheckoutId,
    payment_method: String,
    shipping_address: Address,
}

impl Body {
    fn validate(&self) -> Result<(), Problem> {
        let bad_method = |error| Problem::invalid_field("payment_method", format!("{error}"));
        check_method(&self.payment_method).map_err(bad_method)?;
        self.shipping_address
            .validate()
            .map_err(|e| Problem::invalid_field(format!("shipping_address.{}", e.field), e.problem))
    }

    /// Two requests are the same where their values are, however they were written down.
    fn digest(&self) -> String {
        let canonical = serde_json::to_vec(self).unwrap_or_default();
        Sha256::digest(canonical).iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Runs the function until its instance ends.
///
/// # Errors
/// Where it cannot start, or the runtime API fails.
pub fn serve() -> Result<(), souk_runtime::Error> {
    souk_runtime::http::serve(handle)
}

/// Places the order: 201 the first time, 200 on a replay, the same order in its present state.
///
/// # Errors
/// 400 malformed or no key, 404 no such checkout, 409 expired, consumed or a changed price, 422 a
/// reused key.
pub async fn handle(deps: &'static Deps, request: Request) -> HttpResult {
    run(deps, request, souk_runtime::now()).await
}

/// As [`handle`], at a time of the caller's.
///
/// # Errors
/// As [`handle`].
pub async fn run(deps: &Deps, request: Request, now: Timestamp) -> HttpResult {
    let user_id = request.caller()?.user_id;
    let key = request.required_idempotency_key()?;
    let body: Body = request.json()?;
    body.validate()?;
    let order_id = OrderId::of_request(&user_id, &key);
    let digest = body.digest();

    // Most repeats end here. The archive too: an order that left the hot table is still this key's.
    if let Some(known) = find(&deps.orders, &deps.archive, &order_id).await? {
        return replay(deps, &known, &digest, now).await;
    }
    let checkout = deps.checkouts.of_user(&body.checkout_id, &user_id).await?;
    let checkout = checkout.ok_or_else(|| Problem::not_found("checkout"))?;
    if checkout.order_id.is_some() {
        // A repeat of this very request may have come in between.
        return match find(&deps.orders, &deps.archive, &order_id).await? {
            Some(known) => replay(deps, &known, &digest, now).await,
            None => Err(problems::checkout_consumed()),
        };
    }
    check_prices(deps, &checkout).await?;
    let origin = FromCheckout {
        checkout_id: checkout.checkout_id.clone(),
        reservation_id: checkout.reservation_id.clone(),
        cart_version: checkout.cart_version,
        request_digest: digest,
    };
    let order = compose(order_id, user_id, body, origin.clone(), checkout, now, now + deps.time_to_pay)?;
    match place(&deps.orders, &deps.checkouts, &order, &origin, now).await? {
        PlaceOutcome::Placed => {
            follow_up(deps, &order, now).await;
            let location = format!("/orders/{}", order.order_id);
            Ok(Response::json(201, &OrderView::whole(&order, None)).etag(order.version).header("location", location))
        }
        PlaceOutcome::Exists(known) => replay(deps, &known, &origin.request_digest, now).await,
        PlaceOutcome::CheckoutConsumed => Err(problems::checkout_consumed()),
        PlaceOutcome::CheckoutExpired => Err(problems::checkout_expired()),
        PlaceOutcome::CartConsumed => Err(problems::cart_consumed()),
        PlaceOutcome::Contention => Err(Problem::try_again("placing the order was contended")),
    }
}

/// The same order again, and whatever its first answer may have died before doing.
async fn replay(deps: &Deps, order: &Order, digest: &str, now: Timestamp) -> HttpResult {
    if order.origin.checkout().is_none_or(|checkout| checkout.request_digest != digest) {
        return Err(problems::key_reused());
    }
    if order.status == OrderStatus::PendingPayment {
        follow_up(deps, order, now).await;
    }
    let payment = deps.payments.get(&order.order_id).await?;
    Ok(Response::json(200, &OrderView::whole(order, payment.as_ref())).etag(order.version))
}

/// Starts the saga and takes what was ordered out of the cart. The order stands whatever becomes of
/// these: the sweeper starts the saga, and the cart is only advice.
async fn follow_up(deps: &Deps, order: &Order, now: Timestamp) {
    deps.saga.nudge(&order.order_id).await;
    let Some(version) = order.origin.checkout().and_then(|checkout| checkout.cart_version) else { return };
    let ordered: Vec<Sku> = order.lines.iter().map(|line| line.sku.clone()).collect();
    if let Err(error) = deps.carts.take_ordered(&order.user_id, version, &ordered, now).await {
        tracing::warn!(order_id = %order.order_id, error = %error, "the cart still shows what was ordered");
    }
}

/// Nothing is ordered at a price that the shopper has not seen.
async fn check_prices(deps: &Deps, checkout: &Checkout) -> Result<(), Problem> {
    let offers = deps.prices.get_many(checkout.lines.iter().map(|line| &line.sku)).await?;
    let mut changes = Vec::new();
    for line in &checkout.lines {
        let present = offers.get(&line.sku).and_then(Offer::sellable_at);
        let present = present.ok_or_else(|| problems::unavailable(&line.sku))?;
        if present != line.unit_price {
            changes.push(PriceChange { sku: line.sku.clone(), from: line.unit_price, to: present });
        }
    }
    if changes.is_empty() { Ok(()) } else { Err(problems::price_changed(&changes)) }
}

fn compose(
    order_id: OrderId,
    user_id: UserId,
    body: Body,
    origin: FromCheckout,
    checkout: Checkout,
    now: Timestamp,
    pay_by: Timestamp,
) -> Result<Order, Problem> {
    let total = total(&checkout.lines).map_err(Problem::internal)?;
    let placed = Transition { status: OrderStatus::PendingPayment, at: now, by: Actor::Customer };
    Ok(Order {
        order_id,
        user_id,
        status: OrderStatus::PendingPayment,
        version: 1,
        origin: Origin::Checkout(origin),
        lines: checkout.lines,
        total,
        shipping_address: Some(body.shipping_address),
        payment_method: Some(body.payment_method),
        created_at: now,
        pay_by,
        settled: false,
        cancel_reason: None,
        shipments: Vec::new(),
        history: vec![placed],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_sees_values_not_spelling() {
        let body = |text: &str| serde_json::from_str::<Body>(text).unwrap().digest();
        let address = r#"{"name":"A","line1":"1","city":"C","postal_code":"1","country":"US"}"#;
        let id = "chk_0123456789abcdef0123456789abcdef";
        let one = body(&format!(r#"{{"checkout_id":"{id}","payment_method":"pm_a","shipping_address":{address}}}"#));
        let same = body(&format!(r#"{{ "payment_method":"pm_a", "shipping_address":{address},"checkout_id":"{id}"}}"#));
        let other = body(&format!(r#"{{"checkout_id":"{id}","payment_method":"pm_b","shipping_address":{address}}}"#));
        assert_eq!(one, same);
        assert_ne!(one, other);
    }
}
