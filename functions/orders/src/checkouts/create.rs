//! `POST /checkouts`: holds units at present prices, for the whole cart or for named lines.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use souk_cart::Carts;
use souk_domain::{
    ids::{CheckoutId, Sku, UserId},
    money::Money,
    order::{MAX_LINES, OrderLine, total},
    quantity::Quantity,
};
use souk_inventory::{Reservations, ReserveOutcome, ReserveRequest};
use souk_orders::{Checkout, Checkouts};
use souk_pricing::Prices;
use souk_runtime::http::{HttpResult, Problem, Request, Response};
use souk_wiring::{Call, FromEnvironment, metrics};

use super::CheckoutView;
use crate::{
    problems::{self, PriceChange},
    timers::ReservationTimers,
};

/// Cart, prices, stock, checkouts and the timer.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    carts: Carts,
    prices: Prices,
    reservations: Reservations,
    checkouts: Checkouts,
    timers: ReservationTimers,
    #[variable("RESERVATION_SECONDS")]
    reservation_length: SignedDuration,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    /// Buy these now; absent, the whole cart is bought.
    #[serde(default)]
    lines: Option<Vec<BodyLine>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct BodyLine {
    sku: Sku,
    quantity: Quantity,
}

/// What is wanted, one line a SKU, and what the shopper was shown.
struct Wanted {
    lines: BTreeMap<Sku, (Quantity, Option<Money>)>,
    cart_version: Option<u64>,
}

/// Makes a checkout.
///
/// # Errors
/// 400 malformed, 409 out of stock or not for sale, 422 nothing to buy or a SKU that nobody knows.
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let (user_id, now) = (request.caller()?.user_id, call.now);
    let checkout_id = CheckoutId::from_uuid(call.new_id());
    let wanted = match request.json::<Body>()?.lines {
        Some(lines) => named(&lines)?,
        None => whole_cart(deps, &user_id, now).await?,
    };
    let (lines, changes) = priced(deps, &wanted).await?;
    let total = total(&lines).map_err(|error| Problem::unprocessable("lines", error.to_string()))?;
    let checkout = Checkout {
        reservation_id: checkout_id.reservation(),
        checkout_id,
        user_id,
        lines,
        total,
        cart_version: wanted.cart_version,
        created_at: now,
        expires_at: now + deps.reservation_length,
        order_id: None,
        abandoned: false,
    };
    reserve(deps, &checkout, now).await?;
    deps.checkouts.create(&checkout).await?;
    let location = format!("/checkouts/{}", checkout.checkout_id);
    Ok(Response::json(201, &CheckoutView::new(&checkout, &changes)).header("location", location))
}

/// The request's own lines; those that share a SKU are one.
fn named(lines: &[BodyLine]) -> Result<Wanted, Problem> {
    if lines.is_empty() || lines.len() > MAX_LINES {
        return Err(Problem::invalid_field("lines", format!("must be 1 to {MAX_LINES} lines")));
    }
    let mut sums = BTreeMap::new();
    for (index, line) in lines.iter().enumerate() {
        let so_far = sums.get(&line.sku).map_or(0, |(quantity, _): &(Quantity, _)| quantity.get());
        let sum = Quantity::new(so_far + line.quantity.get())
            .map_err(|error| Problem::unprocessable(format!("lines[{index}].quantity"), error.to_string()))?;
        sums.insert(line.sku.clone(), (sum, None));
    }
    Ok(Wanted { lines: sums, cart_version: None })
}

async fn whole_cart(deps: &Deps, user_id: &UserId, now: Timestamp) -> Result<Wanted, Problem> {
    let cart = deps.carts.of_user(user_id, now).await?;
    if cart.lines.is_empty() {
        return Err(problems::cart_empty());
    }
    if deps.checkouts.cart_is_ordered(user_id, cart.version).await? {
        return Err(problems::cart_consumed());
    }
    let lines = cart.lines.into_iter().map(|(sku, line)| (sku, (line.quantity, line.seen_price))).collect();
    Ok(Wanted { lines, cart_version: Some(cart.version) })
}

/// The lines at present prices, and where those differ from what the cart showed.
async fn priced(deps: &Deps, wanted: &Wanted) -> Result<(Vec<OrderLine>, Vec<PriceChange>), Problem> {
    let offers = deps.prices.get_many(wanted.lines.keys()).await?;
    let mut lines = Vec::with_capacity(wanted.lines.len());
    let mut changes = Vec::new();
    for (sku, (quantity, seen)) in &wanted.lines {
        let known = offers.get(sku).filter(|offer| !offer.is_unknown());
        let known = known.ok_or_else(|| Problem::unprocessable("lines", format!("there is no SKU {sku}")))?;
        let unit_price = known.sellable_at().ok_or_else(|| problems::unavailable(sku))?;
        if let Some(from) = seen.filter(|seen| *seen != unit_price) {
            changes.push(PriceChange { sku: sku.clone(), from, to: unit_price });
        }
        lines.push(OrderLine { sku: sku.clone(), title: known.title.clone(), quantity: *quantity, unit_price });
    }
    Ok((lines, changes))
}

/// Holds the units and winds the timer. The reservation comes first: a timer that is lost, or a
/// checkout that is never stored, leaves units that the sweeper frees.
async fn reserve(deps: &Deps, checkout: &Checkout, now: Timestamp) -> Result<(), Problem> {
    let request = ReserveRequest {
        reservation_id: checkout.reservation_id.clone(),
        lines: checkout.lines.iter().map(|line| (line.sku.clone(), line.quantity)).collect(),
        expires_at: checkout.expires_at,
        nearest: Vec::new(),
    };
    match deps.reservations.reserve(&request, now).await? {
        ReserveOutcome::Reserved(_, effort) => {
            let counts = [("attempts", f64::from(effort.attempts)), ("write_units", effort.write_units)];
            metrics::emit("reserve", "Count", &counts);
        }
        ReserveOutcome::Exists(_) => {}
        ReserveOutcome::OutOfStock(shortage) => {
            return Err(problems::out_of_stock(&shortage.sku, shortage.requested, shortage.available));
        }
        ReserveOutcome::Scattered => return Err(problems::scattered()),
        ReserveOutcome::Busy => return Err(Problem::try_again("the stock rows are contended")),
    }
    if let Err(error) = deps.timers.wind(&checkout.reservation_id, checkout.expires_at, now).await {
        let reservation_id = &checkout.reservation_id;
        tracing::warn!(%reservation_id, %error, "no timer; the sweeper will free the units");
    }
    Ok(())
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
        let sums: Vec<_> = wanted.lines.iter().map(|(sku, (quantity, _))| (sku.as_str(), quantity.get())).collect();
        assert_eq!(sums, [("a", 5), ("b", 1)]);
    }

    #[test]
    fn too_many_lines_or_units_are_refused_with_their_field() {
        assert_eq!(named(&[]).err().unwrap().status, 400);
        let many: Vec<_> = (0..=MAX_LINES).map(|i| line(&format!("s{i}"), 1)).collect();
        assert_eq!(named(&many).err().unwrap().status, 400);
        let problem = named(&[line("a", 999), line("a", 1)]).err().unwrap();
        assert_eq!(problem.status, 422);
        assert!(problem.detail().starts_with("lines[1].quantity"));
    }
}
