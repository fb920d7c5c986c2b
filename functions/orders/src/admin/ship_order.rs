//! `POST /admin/orders/{order_id}/ship`: the whole order leaves, and its payment is captured.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use souk_domain::{
    ids::{OrderId, WarehouseId},
    order::{Order, Origin, Shipment, ShipmentItem},
    stock::Allocation,
};
use souk_inventory::ReservationBook;
use souk_orders::ChangeOutcome;
use souk_runtime::{
    ConfigError, Environment, FromEnvironment,
    http::{HttpResult, Problem, Request, Response, Role},
};

use crate::{
    dependencies,
    orders::OrderView,
    problems,
    shipping::{ShipError, ShipOutcome, Shipping},
};

/// The longest carrier name or tracking number, in characters.
const MAX_TEXT: usize = 100;

/// What a shipment touches, and the reservations, which say what leaves from where.
#[derive(Debug)]
pub struct Deps {
    shipping: Shipping,
    reservations: ReservationBook,
}

impl FromEnvironment for Deps {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self {
            shipping: Shipping::from_environment(environment).await?,
            reservations: dependencies::reservation_book(environment)?,
        })
    }
}

/// One carrier for all parcels, or one for each.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    #[serde(default)]
    carrier: Option<String>,
    #[serde(default)]
    tracking_number: Option<String>,
    #[serde(default)]
    parcels: Vec<Parcel>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parcel {
    warehouse_id: WarehouseId,
    carrier: String,
    tracking_number: String,
}

/// Runs the function until its instance ends.
///
/// # Errors
/// Where it cannot start, or the runtime API fails.
pub fn serve() -> Result<(), souk_runtime::Error> {
    souk_runtime::http::serve(handle)
}

/// Ships the order. Repeating it changes nothing.
///
/// # Errors
/// 403 for anybody but the warehouse and operators, 404 no such order, 409 where it cannot be shipped,
/// 422 where the parcels are not those of its warehouses.
pub async fn handle(deps: &'static Deps, request: Request) -> HttpResult {
    run(deps, request, souk_runtime::now()).await
}

/// As [`handle`], at a time of the caller's.
///
/// # Errors
/// As [`handle`].
pub async fn run(deps: &Deps, request: Request, now: Timestamp) -> HttpResult {
    request.caller()?.require_any(&[Role::Warehouse, Role::Operator])?;
    let order_id: OrderId = request.path("order_id")?;
    let body: Body = request.json()?;
    body.validate()?;
    let orders = &deps.shipping.orders;
    let order = orders.get(&order_id).await?.ok_or_else(|| Problem::not_found("order"))?;
    let shipments = parcels(&body, &allocations(&deps.reservations, order).await?)?;
    match orders.plan_shipment(&order_id, &shipments).await? {
        ChangeOutcome::Changed(_) => {}
        ChangeOutcome::Refused(order) if order.status.has_left() => {}
        ChangeOutcome::Refused(order) => return answer(ShipOutcome::of_unconfirmed(*order)),
        ChangeOutcome::Unknown => return Err(Problem::not_found("order")),
    }
    answer(deps.shipping.ship(&order_id, now).await.map_err(unfinished)?)
}

/// Which units leave from where.
async fn allocations(reservations: &ReservationBook, order: Order) -> Result<Vec<Allocation>, Problem> {
    match order.origin {
        Origin::Checkout(checkout) => {
            let reservation = reservations.get(&checkout.reservation_id).await?;
            Ok(reservation.ok_or_else(|| Problem::internal("an order without reservation"))?.lines)
        }
        Origin::Sale(sale) => Ok(order
            .lines
            .into_iter()
            .map(|line| Allocation {
                sku: line.sku,
                warehouse_id: sale.warehouse_id.clone(),
                quantity: line.quantity.get(),
            })
            .collect()),
    }
}

fn answer(outcome: ShipOutcome) -> HttpResult {
    match outcome {
        ShipOutcome::Shipped(order) => Ok(Response::json(200, &OrderView::brief(&order)).etag(order.version)),
        ShipOutcome::Illegal(status) => Err(problems::illegal_from(status, "be shipped")),
        ShipOutcome::NotAuthorized(state) => Err(problems::not_authorized(state)),
        ShipOutcome::Lapsed => Err(problems::authorization_lapsed()),
        ShipOutcome::CaptureRefused { code, message } => Err(problems::capture_refused(&code, &message)),
        ShipOutcome::Unknown => Err(Problem::not_found("order")),
    }
}

fn unfinished(error: ShipError) -> Problem {
    match error {
        ShipError::Store(error) => error.into(),
        ShipError::Payment(error) => Problem::try_again(error),
    }
}

impl Body {
    fn validate(&self) -> Result<(), Problem> {
        let one = [("carrier", &self.carrier), ("tracking_number", &self.tracking_number)];
        if self.parcels.is_empty() {
            for (field, value) in one {
                text(field.to_owned(), value.as_deref().unwrap_or_default())?;
            }
        } else if let Some((field, _)) = one.iter().find(|(_, value)| value.is_some()) {
            return Err(Problem::invalid_field(*field, "stands in each of parcels already"));
        }
        for (index, parcel) in self.parcels.iter().enumerate() {
            text(format!("parcels[{index}].carrier"), &parcel.carrier)?;
            text(format!("parcels[{index}].tracking_number"), &parcel.tracking_number)?;
        }
        Ok(())
    }
}

fn text(field: String, value: &str) -> Result<(), Problem> {
    if value.trim().is_empty() || value.chars().count() > MAX_TEXT || value.chars().any(char::is_control) {
        return Err(Problem::invalid_field(field, format!("must be 1 to {MAX_TEXT} printable characters")));
    }
    Ok(())
}

/// One parcel a warehouse, holding what was allocated there.
fn parcels(body: &Body, allocations: &[Allocation]) -> Result<Vec<Shipment>, Problem> {
    let mut items: BTreeMap<&WarehouseId, Vec<ShipmentItem>> = BTreeMap::new();
    for line in allocations {
        let item = ShipmentItem { sku: line.sku.clone(), quantity: line.quantity };
        items.entry(&line.warehouse_id).or_default().push(item);
    }
    if let Some(index) = body.parcels.iter().position(|parcel| !items.contains_key(&parcel.warehouse_id)) {
        return Err(Problem::unprocessable(
            format!("parcels[{index}].warehouse_id"),
            "nothing of this order leaves from this warehouse",
        ));
    }
    let shipment = |(warehouse_id, items): (&WarehouseId, Vec<ShipmentItem>)| {
        let named = body.parcels.iter().find(|parcel| parcel.warehouse_id == *warehouse_id);
        let (carrier, tracking_number) = match named {
            Some(parcel) => (parcel.carrier.clone(), parcel.tracking_number.clone()),
            None if body.parcels.is_empty() => {
                (body.carrier.clone().unwrap_or_default(), body.tracking_number.clone().unwrap_or_default())
            }
            None => return Err(Problem::unprocessable("parcels", format!("the one from {warehouse_id} is missing"))),
        };
        Ok(Shipment { warehouse_id: warehouse_id.clone(), items, carrier, tracking_number })
    };
    items.into_iter().map(shipment).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allocations() -> Vec<Allocation> {
        let line = |sku: &str, warehouse: &str, quantity| Allocation {
            sku: sku.parse().unwrap(),
            warehouse_id: warehouse.parse().unwrap(),
            quantity,
        };
        vec![line("a", "east", 2), line("b", "west", 1), line("c", "east", 1)]
    }

    fn body(json: &str) -> Body {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn an_order_leaves_as_one_parcel_a_warehouse() {
        let one = parcels(&body(r#"{"carrier":"DHL","tracking_number":"1"}"#), &allocations()).unwrap();
        let contents: Vec<_> =
            one.iter().map(|s| (s.warehouse_id.as_str(), s.items.len(), s.carrier.as_str())).collect();
        assert_eq!(contents, [("east", 2, "DHL"), ("west", 1, "DHL")]);
    }

    #[test]
    fn parcels_must_be_those_of_the_orders_warehouses() {
        let parcel = |id: &str| format!(r#"{{"warehouse_id":"{id}","carrier":"c","tracking_number":"t"}}"#);
        let named = |ids: &[&str]| {
            let list: Vec<_> = ids.iter().map(|id| parcel(id)).collect();
            parcels(&body(&format!(r#"{{"parcels":[{}]}}"#, list.join(","))), &allocations())
        };
        assert_eq!(named(&["west", "east"]).unwrap().len(), 2);
        assert_eq!(named(&["east"]).unwrap_err().status, 422);
        assert_eq!(named(&["east", "west", "north"]).unwrap_err().status, 422);
    }

    #[test]
    fn a_carrier_is_named_once() {
        assert!(body(r#"{"carrier":"c","tracking_number":"t"}"#).validate().is_ok());
        for bad in [r"{}", r#"{"carrier":"c"}"#, r#"{"carrier":" ","tracking_number":"t"}"#] {
            assert_eq!(body(bad).validate().unwrap_err().status, 400, "{bad}");
        }
    }
}
