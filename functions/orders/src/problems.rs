//! This context's refusals as problems, each with its stable type.

use souk_domain::{
    ids::Sku,
    order::{Order, OrderStatus},
    payment::PaymentState,
};
use souk_runtime::http::Problem;
use souk_workflows::PriceChange;

pub(crate) fn cart_empty() -> Problem {
    Problem::new(
        422,
        "cart-empty",
        "There is nothing to buy",
        "The cart is empty: put something into it, or name lines.",
    )
}

pub(crate) fn unavailable(sku: &Sku) -> Problem {
    Problem::conflict("not-for-sale", "Not for sale", format!("{sku} is not sold any more: take it out of the cart."))
        .with("sku", sku)
}

pub(crate) fn out_of_stock(sku: &Sku, requested: u32, available: u32) -> Problem {
    let left = if available == 0 { "none is left".to_owned() } else { format!("only {available} left") };
    Problem::conflict("out-of-stock", "Out of stock", format!("{requested} × {sku} were asked for, {left}."))
        .with("sku", sku)
        .with("requested", requested)
        .with("available", available)
}

pub(crate) fn scattered() -> Problem {
    Problem::conflict(
        "too-scattered",
        "Too many warehouses",
        "The units lie in too many warehouses for one order: order fewer lines at once.",
    )
}

pub(crate) fn checkout_expired() -> Problem {
    Problem::conflict(
        "checkout-expired",
        "The checkout has expired",
        "The items are no longer held for you. Check out again with POST /checkouts.",
    )
}

pub(crate) fn checkout_consumed() -> Problem {
    Problem::conflict("checkout-consumed", "Already ordered", "This checkout has become an order. See GET /orders.")
}

pub(crate) fn cart_consumed() -> Problem {
    Problem::conflict(
        "cart-consumed",
        "Already ordered",
        "This cart was ordered through another checkout. See GET /orders.",
    )
}

pub(crate) fn price_changed(changes: &[PriceChange]) -> Problem {
    Problem::conflict(
        "price-changed",
        "A price has changed",
        "Prices have changed since the checkout. Nothing was ordered: check out again to agree to them.",
    )
    .with("changes", changes)
}

pub(crate) fn key_reused() -> Problem {
    Problem::new(
        422,
        "idempotency-key-reused",
        "Idempotency-Key was used before",
        "Another request was made with this key. Use a fresh key for a new order.",
    )
    .with_field("Idempotency-Key", "was used with another body")
}

pub(crate) fn illegal(order: &Order, wanted: &str) -> Problem {
    illegal_from(order.status, wanted)
}

pub(crate) fn illegal_from(status: OrderStatus, wanted: &str) -> Problem {
    Problem::conflict(
        "illegal-transition",
        "The order does not allow this now",
        format!("An order that is {status} cannot {wanted}."),
    )
    .with("order_status", status)
}

pub(crate) fn not_authorized(state: PaymentState) -> Problem {
    let detail = format!("The payment is {}: there is nothing to capture.", state.as_str());
    Problem::conflict("payment-not-authorized", "The payment is not authorised", detail).with("payment_status", state)
}

pub(crate) fn authorization_lapsed() -> Problem {
    Problem::conflict(
        "authorization-lapsed",
        "The authorisation has lapsed",
        "The gateway no longer held the money, so the order was cancelled and its units go back; the customer can order again.",
    )
}

pub(crate) fn capture_refused(code: &str, message: &str) -> Problem {
    let detail = format!("The gateway would not capture: {message} The order stays confirmed; try again.");
    Problem::conflict("capture-refused", "The capture was refused", detail).with("gateway_code", code)
}
