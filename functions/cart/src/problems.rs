//! This context's refusals as problems.

use souk_cart::{Cart, ChangeOutcome, TooManyLines};
use souk_domain::{ids::Sku, quantity::Quantity};
use souk_runtime::http::{
    Problem,
    problem::catalogue::{AboveOrderLimit, CartFull, NotForSale, UnknownSku},
};

pub(crate) fn change(outcome: ChangeOutcome) -> Result<Cart, Problem> {
    match outcome {
        ChangeOutcome::Done(cart) => Ok(cart),
        ChangeOutcome::TooManyLines => Err(Problem::new(CartFull, TooManyLines.to_string())),
        ChangeOutcome::Busy => Err(Problem::try_again("the cart is being changed by others")),
    }
}

pub(crate) fn unknown_sku(sku: &Sku) -> Problem {
    Problem::new(UnknownSku, format!("Nothing is sold as {sku}."))
        .with_field("sku", "is not the SKU of anything sold here")
}

pub(crate) fn above_order_limit(sku: &Sku, most: Quantity) -> Problem {
    Problem::new(AboveOrderLimit, format!("No more than {} of {sku} are sold in one order.", most.get()))
        .with("sku", sku)
        .with("max_per_order", most)
}

pub(crate) fn withdrawn(sku: &Sku) -> Problem {
    Problem::new(NotForSale, format!("{sku} is not sold any more.")).with("sku", sku)
}
