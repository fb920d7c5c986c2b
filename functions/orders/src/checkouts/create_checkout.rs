//! `POST /checkouts`: holds units at present prices, for the whole cart or for named lines.

use std::collections::BTreeMap;

use serde::Deserialize;
use souk_domain::{ids::Sku, order::MAX_LINES, quantity::Quantity, stock::Area};
use souk_orders::CheckoutState;
use souk_runtime::http::{
    HttpResult, Problem, Request, Response,
    description::{OptionalIdempotencyKey, Problems},
    problem::catalogue::{
        AboveOrderLimit, CartConsumed, CartEmpty, CheckoutConsumed, CheckoutExpired, IdempotencyKeyReused, NotForSale,
        OutOfStock, TooManyCheckouts, TooManyUnitsHeld, TooScattered, Unprocessable,
    },
};
use souk_wiring::Call;
pub use souk_workflows::start_checkout::StartCheckout as Deps;
use souk_workflows::start_checkout::{Outcome, Wanted};
use utoipa::ToSchema;

use super::CheckoutView;
use crate::problems;

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = StartCheckout)]
#[serde(deny_unknown_fields)]
struct Body {
    /// Buy these now; absent, the whole cart is bought.
    #[serde(default)]
    #[schema(min_items = 1, max_items = 50)]
    lines: Option<Vec<BodyLine>>,
    /// Where it is going to be sent, as far as the shopper has said: the warehouses there send first. The address is the
    /// order's.
    #[serde(default)]
    ship_to: Option<Area>,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = WantedLine)]
#[serde(deny_unknown_fields)]
struct BodyLine {
    sku: Sku,
    quantity: Quantity,
}

/// Makes a checkout, or finds it: the same request has the same one. A cart has one for as long as neither it nor a price of
/// it changes; the checkout of its next version takes that one's place. Lines that are named have one for each
/// `Idempotency-Key`, and without a key another each time. Where too few units are left, those that the caller's own older
/// checkouts hold are taken over, which ends these.
#[utoipa::path(
    post,
    path = "/checkouts",
    operation_id = "create-checkout",
    params(OptionalIdempotencyKey),
    request_body = Body,
    responses(
        (status = 201, description = "The units are held, now or by an earlier request.", body = CheckoutView, headers(("Location"))),
        Problems<(
            (CartConsumed, CheckoutConsumed, CheckoutExpired, NotForSale, AboveOrderLimit, OutOfStock, TooScattered),
            (TooManyUnitsHeld, CartEmpty, IdempotencyKeyReused, Unprocessable, TooManyCheckouts),
        )>,
    ),
    security(("user" = [])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let user_id = request.caller()?.user_id;
    let idempotency_key = request.idempotency_key()?;
    let Body { lines, ship_to } = request.json()?;
    let ship_to = ship_to.map(Area::checked).transpose();
    let ship_to = ship_to.map_err(|why| Problem::invalid_field(format!("ship_to.{}", why.field()), why.to_string()))?;
    let wanted = match lines {
        Some(lines) => Wanted::Lines(named(&lines)?),
        None => Wanted::Cart,
    };
    Err(match deps.run(user_id, wanted, ship_to.as_ref(), idempotency_key.as_deref(), &call).await? {
        Outcome::Started(checkout, changes) => {
            let location = format!("/checkouts/{}", checkout.checkout_id);
            let view = CheckoutView::new(&checkout, &changes);
            return Ok(Response::json(201, &view).header("location", location));
        }
        Outcome::CartEmpty => problems::cart_empty(),
        Outcome::CartOrdered => problems::cart_consumed(),
        Outcome::KeyReused => problems::key_reused(),
        Outcome::Over(checkout) if checkout.state == Some(CheckoutState::Ordered) => problems::checkout_consumed(),
        Outcome::Over(_) => problems::checkout_expired(),
        Outcome::UnknownSku(sku) => Problem::unprocessable("lines", format!("no product has the SKU {sku}")),
        Outcome::NotForSale(sku) => problems::unavailable(&sku),
        Outcome::TotalTooLarge(error) => Problem::unprocessable("lines", error.to_string()),
        Outcome::TotalTooSmall(why) => Problem::unprocessable("lines", format!("their total {why}")),
        Outcome::AboveOrderLimit(sku, most) => problems::above_order_limit(&sku, most),
        Outcome::TooManyCheckouts(until) => problems::too_many_checkouts(until, call.now),
        Outcome::TooManyUnits { held, most } => problems::too_many_units(held, most),
        Outcome::OutOfStock(shortage) => problems::out_of_stock(&shortage.sku, shortage.requested, shortage.available),
        Outcome::Scattered => problems::scattered(),
        Outcome::Busy => Problem::try_again("the stock rows are contended"),
    })
}

/// The request's own lines; those that share a SKU are one.
fn named(lines: &[BodyLine]) -> Result<BTreeMap<Sku, Quantity>, Problem> {
    if lines.is_empty() || lines.len() > MAX_LINES {
        return Err(Problem::invalid_field("lines", format!("must be 1 to {MAX_LINES} lines")));
    }
    let mut sums: BTreeMap<Sku, Quantity> = BTreeMap::new();
    for (index, line) in lines.iter().enumerate() {
        let so_far = sums.get(&line.sku).map_or(0, |quantity| quantity.get());
        let sum = Quantity::new(so_far + line.quantity.get())
            .map_err(|error| Problem::unprocessable(format!("lines[{index}].quantity"), error.to_string()))?;
        sums.insert(line.sku.clone(), sum);
    }
    Ok(sums)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(sku: &str, units: u32) -> BodyLine {
        BodyLine { sku: sku.parse().unwrap(), quantity: Quantity::new(units).unwrap() }
    }

    #[test]
    fn lines_that_share_a_sku_are_one_line() {
        let wanted = named(&[line("a", 2), line("b", 1), line("a", 3)]).unwrap();
        let sums: Vec<_> = wanted.iter().map(|(sku, quantity)| (sku.as_str(), quantity.get())).collect();
        assert_eq!(sums, [("a", 5), ("b", 1)]);
    }

    #[test]
    fn too_many_lines_or_units_are_refused_with_their_field() {
        assert_eq!(named(&[]).err().unwrap().status(), 400);
        let many: Vec<_> = (0..=MAX_LINES).map(|i| line(&format!("s{i}"), 1)).collect();
        assert_eq!(named(&many).err().unwrap().status(), 400);
        let problem = named(&[line("a", 999), line("a", 1)]).err().unwrap();
        assert_eq!(problem.status(), 422);
        assert!(problem.detail().starts_with("lines[1].quantity"));
    }
}
