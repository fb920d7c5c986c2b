//! This context's refusals as problems, each with its stable type.

use souk_domain::{
    ids::Sku,
    order::{Order, OrderStatus},
    payment::PaymentState,
};
use souk_runtime::http::{
    Problem,
    problem::catalogue::{
        AddressFixed, AuthorizationLapsed, CaptureRefused, CartConsumed, CartEmpty, CheckoutConsumed, CheckoutExpired,
        IdempotencyKeyReused, IllegalTransition, NotForSale, OutOfStock, PaymentNotAuthorized, PriceChanged,
        TooScattered,
    },
};
use souk_workflows::PriceChange;

pub(crate) fn cart_empty() -> Problem {
    Problem::new(CartEmpty, "The cart is empty: put something into it, or name lines.")
}

pub(crate) fn unavailable(sku: &Sku) -> Problem {
    Problem::new(NotForSale, format!("{sku} is not sold any more: take it out of the cart.")).with("sku", sku)
}

pub(crate) fn out_of_stock(sku: &Sku, requested: u32, available: u32) -> Problem {
    let left = if available == 0 { "none is left".to_owned() } else { format!("only {available} left") };
    Problem::new(OutOfStock, format!("{requested} × {sku} were asked for, {left}."))
        .with("sku", sku)
        .with("requested", requested)
        .with("available", available)
}

pub(crate) fn scattered() -> Problem {
    Problem::new(TooScattered, "The units lie in too many warehouses for one order: order fewer lines at once.")
}

pub(crate) fn checkout_expired() -> Problem {
    Problem::new(CheckoutExpired, "The items are no longer held for you. Check out again with POST /checkouts.")
}

pub(crate) fn checkout_consumed() -> Problem {
    Problem::new(CheckoutConsumed, "This checkout has become an order. See GET /orders.")
}

pub(crate) fn cart_consumed() -> Problem {
    Problem::new(CartConsumed, "This cart was ordered through another checkout. See GET /orders.")
}

pub(crate) fn price_changed(changes: &[PriceChange]) -> Problem {
    Problem::new(
        PriceChanged,
        "Prices have changed since the checkout. Nothing was ordered: check out again to agree to them.",
    )
    .with("changes", changes)
}

pub(crate) fn key_reused() -> Problem {
    Problem::new(IdempotencyKeyReused, "Another request was made with this key. Use a fresh key for a new order.")
        .with_field("Idempotency-Key", "was used with another body")
}

pub(crate) fn illegal(order: &Order, wanted: &str) -> Problem {
    illegal_from(order.status, wanted)
}

pub(crate) fn illegal_from(status: OrderStatus, wanted: &str) -> Problem {
    Problem::new(IllegalTransition, format!("An order that is {status} cannot {wanted}.")).with("order_status", status)
}

pub(crate) fn address_fixed(order: &Order) -> Problem {
    let detail = format!("The order is {}, and its address stays as it is.", order.status);
    Problem::new(AddressFixed, detail).with("order_status", order.status)
}

pub(crate) fn not_authorized(state: PaymentState) -> Problem {
    let detail = format!("The payment is {}: there is nothing to capture.", state.as_str());
    Problem::new(PaymentNotAuthorized, detail).with("payment_status", state)
}

pub(crate) fn authorization_lapsed() -> Problem {
    Problem::new(
        AuthorizationLapsed,
        "The gateway no longer held the money, so the order was cancelled and its units go back; the customer can order again.",
    )
}

pub(crate) fn capture_refused(code: &str, message: &str) -> Problem {
    let detail = format!("The gateway would not capture: {message} The order stays confirmed; try again.");
    Problem::new(CaptureRefused, detail).with("gateway_code", code)
}
