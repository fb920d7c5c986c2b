//! `POST /admin/orders/{order_id}/ship`: the whole order leaves, and its payment is captured.

use serde::Deserialize;
use souk_domain::{
    ids::{OrderId, WarehouseId},
    text::TextRule,
};
use souk_runtime::http::{
    HttpResult, Problem, Request, Response, Role,
    description::Problems,
    problem::catalogue::{
        AuthorizationLapsed, CaptureRefused, IllegalTransition, NotFound, PaymentNotAuthorized, Unprocessable,
    },
};
use souk_wiring::Call;
pub use souk_workflows::ship_order::ShipOrder as Deps;
use souk_workflows::ship_order::{
    ShipError, ShipOutcome,
    parcels::{Label, Labels, ParcelError},
};
use utoipa::ToSchema;

use crate::{orders::OrderView, problems};

/// A carrier's name, or a tracking number.
const TEXT: TextRule = TextRule::name(100);

/// One carrier for all parcels, or one for each.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ShipOrder)]
#[serde(deny_unknown_fields)]
struct Body {
    /// Who carries all of it.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100)]
    carrier: Option<String>,
    /// The carrier's number for all of it.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100)]
    tracking_number: Option<String>,
    /// Instead of both: one for each warehouse that something leaves from.
    #[serde(default)]
    parcels: Vec<Parcel>,
}

/// What leaves from one warehouse.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Parcel {
    warehouse_id: WarehouseId,
    #[schema(min_length = 1, max_length = 100)]
    carrier: String,
    #[schema(min_length = 1, max_length = 100)]
    tracking_number: String,
}

/// Ships the order. Repeating it changes nothing.
#[utoipa::path(
    post,
    path = "/admin/orders/{order_id}/ship",
    operation_id = "admin-ship-order",
    request_body = Body,
    responses(
        (status = 200, description = "The order, shipped.", body = OrderView, headers(("ETag"))),
        Problems<(NotFound, IllegalTransition, PaymentNotAuthorized, AuthorizationLapsed, CaptureRefused, Unprocessable)>,
    ),
    security(("user" = ["warehouse"]), ("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    request.caller()?.require_any(&[Role::Warehouse, Role::Operator])?;
    let order_id: OrderId = request.path("order_id")?;
    let labels = request.json::<Body>()?.labels()?;
    answer(deps.run(&order_id, &labels, &call).await.map_err(unfinished)?)
}

fn answer(outcome: ShipOutcome) -> HttpResult {
    match outcome {
        ShipOutcome::Shipped(order) => Ok(Response::json(200, &OrderView::brief(&order)).etag(order.version)),
        ShipOutcome::Illegal(status) => Err(problems::illegal_from(status, "be shipped")),
        ShipOutcome::NotAuthorized(state) => Err(problems::not_authorized(state)),
        ShipOutcome::Lapsed => Err(problems::authorization_lapsed()),
        ShipOutcome::CaptureRefused { code, message } => Err(problems::capture_refused(&code, &message)),
        ShipOutcome::WrongParcels(ParcelError::NothingLeavesFrom(index)) => Err(Problem::unprocessable(
            format!("parcels[{index}].warehouse_id"),
            "nothing of this order leaves from this warehouse",
        )),
        ShipOutcome::WrongParcels(ParcelError::Missing(warehouse_id)) => {
            Err(Problem::unprocessable("parcels", format!("the one from {warehouse_id} is missing")))
        }
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
    /// The labels that it names.
    fn labels(self) -> Result<Labels, Problem> {
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
        let label = |carrier, tracking_number| Label { carrier, tracking_number };
        Ok(if self.parcels.is_empty() {
            Labels::One(label(self.carrier.unwrap_or_default(), self.tracking_number.unwrap_or_default()))
        } else {
            let each = self.parcels.into_iter();
            Labels::Each(
                each.map(|parcel| (parcel.warehouse_id, label(parcel.carrier, parcel.tracking_number))).collect(),
            )
        })
    }
}

fn text(field: String, value: &str) -> Result<(), Problem> {
    TEXT.parse(value).map(drop).map_err(|error| Problem::invalid_field(field, error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(json: &str) -> Result<Labels, u16> {
        serde_json::from_str::<Body>(json).unwrap().labels().map_err(|problem| problem.status())
    }

    #[test]
    fn a_carrier_is_named_once() {
        let label = Label { carrier: "c".to_owned(), tracking_number: "t".to_owned() };
        assert_eq!(labels(r#"{"carrier":"c","tracking_number":"t"}"#), Ok(Labels::One(label.clone())));
        let parcel = r#"{"warehouse_id":"w","carrier":"c","tracking_number":"t"}"#;
        assert_eq!(
            labels(&format!(r#"{{"parcels":[{parcel}]}}"#)),
            Ok(Labels::Each(vec![("w".parse().unwrap(), label)]))
        );
        for bad in [r"{}", r#"{"carrier":"c"}"#, r#"{"carrier":" ","tracking_number":"t"}"#] {
            assert_eq!(labels(bad), Err(400), "{bad}");
        }
        assert_eq!(labels(&format!(r#"{{"carrier":"c","parcels":[{parcel}]}}"#)), Err(400));
    }
}
