//! This context's refusals as problems, each with its stable type.

use jiff::Timestamp;
use souk_domain::{
    ids::Sku,
    order::{Order, OrderStatus},
    payment::PaymentState,
    quantity::Quantity,
};
use souk_payments::MAX_METHODS;
use souk_runtime::http::{
    Problem,
    problem::catalogue::{
        AboveOrderLimit, AddressFixed, AlreadyPacked, CartConsumed, CartEmpty, CheckoutConsumed, CheckoutExpired,
        IdempotencyKeyReused, IllegalTransition, NotForSale, OutOfStock, PartlyShipped, PaymentNotAwaited,
        PriceChanged, TooManyCheckouts, TooManyPaymentMethods, TooManyUnitsHeld, TooScattered,
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

pub(crate) fn above_order_limit(sku: &Sku, most: Quantity) -> Problem {
    Problem::new(AboveOrderLimit, format!("No more than {} of {sku} are sold in one order.", most.get()))
        .with("sku", sku)
        .with("max_per_order", most)
}

pub(crate) fn too_many_checkouts(first_ends: Timestamp, now: Timestamp) -> Problem {
    let seconds = first_ends.duration_since(now).as_secs().max(1);
    Problem::new(TooManyCheckouts, "Order one of your open checkouts, or delete one, before you make another.")
        .with_header("retry-after", seconds.to_string())
}

pub(crate) fn too_many_units(held: u32, most: u32) -> Problem {
    Problem::new(TooManyUnitsHeld, format!("{held} units are held for you, and no more than {most} may be."))
        .with("held", held)
        .with("max_units", most)
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
    Problem::new(
        CartConsumed,
        "An order was made of this cart as it is. See GET /orders: one that waits can be paid there, or cancelled.",
    )
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

/// Why the order cannot be cancelled by whoever wants to.
pub(crate) fn not_cancelled(order: &Order) -> Problem {
    let status = order.status;
    if order.has_departed() && !status.has_left() {
        return Problem::new(PartlyShipped, "A part of the order has left, so it cannot be cancelled any more.");
    }
    if status == OrderStatus::Confirmed && order.packed_at().is_some() {
        return Problem::new(AlreadyPacked, "The order is packed, so it cannot be cancelled any more.");
    }
    Problem::new(IllegalTransition, format!("An order that is {status} cannot be cancelled."))
        .with("order_status", status)
}

/// Why the order is not paid by another method.
pub(crate) fn payment_not_awaited(order: &Order, payment: Option<PaymentState>) -> Problem {
    let payment = payment.unwrap_or(PaymentState::Intent);
    let detail = match order.status {
        OrderStatus::Cancelled => {
            "The order is cancelled. What it was for is in your cart, unless you took it out: check out again."
                .to_owned()
        }
        OrderStatus::PendingPayment if payment != PaymentState::Declined => {
            format!("The payment is {}, and was not declined: no other method is wanted now.", payment.as_str())
        }
        OrderStatus::PendingPayment => {
            "The order's time to pay is over, or its decline ends it: once it is cancelled, check out again.".to_owned()
        }
        status => format!("The order is {status}: it is paid."),
    };
    Problem::new(PaymentNotAwaited, detail).with("order_status", order.status).with("payment_status", payment)
}

pub(crate) fn too_many_methods() -> Problem {
    let detail =
        format!("{MAX_METHODS} other payment methods were tried for this order. Cancel it, and check out again.");
    Problem::new(TooManyPaymentMethods, detail)
}

pub(crate) fn address_fixed(order: &Order) -> Problem {
    let detail = format!("The order is {}, and its address stays as it is.", order.status);
    Problem::new(AddressFixed, detail).with("order_status", order.status)
}
