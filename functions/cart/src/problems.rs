//! This context's refusals as problems.

use souk_cart::{Cart, ChangeOutcome, TooManyLines};
use souk_domain::ids::Sku;
use souk_runtime::http::Problem;

pub(crate) fn change(outcome: ChangeOutcome) -> Result<Cart, Problem> {
    match outcome {
        ChangeOutcome::Done(cart) => Ok(cart),
        ChangeOutcome::TooManyLines => {
            Err(Problem::conflict("cart-full", "The cart is full", TooManyLines.to_string()))
        }
        ChangeOutcome::Busy => Err(Problem::try_again("the cart is being changed by others")),
    }
}

pub(crate) fn unknown_sku(sku: &Sku) -> Problem {
    Problem::new(422, "unknown-sku", "Unknown SKU", format!("Nothing is sold as {sku}."))
        .with_field("sku", "is not the SKU of anything sold here")
}

pub(crate) fn withdrawn(sku: &Sku) -> Problem {
    Problem::conflict("not-for-sale", "Not for sale", format!("{sku} is not sold any more.")).with("sku", sku)
}
