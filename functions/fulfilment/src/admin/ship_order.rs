//! `POST /admin/orders/{order_id}/ship`: all that is left of the order leaves, packed or not.

use serde::Deserialize;
use souk_domain::{
    ids::{OrderId, WarehouseId},
    order::Label,
};
use souk_runtime::http::{
    HttpResult, Problem, Request, Role,
    description::Problems,
    problem::catalogue::{
        AlreadyShipped, AuthorizationLapsed, CaptureRefused, IllegalTransition, NotFound, PaymentNotAuthorized,
        Unprocessable,
    },
};
use souk_wiring::Call;
pub use souk_workflows::ship_order::ShipOrder as Deps;
use souk_workflows::ship_order::parcels::Labels;
use utoipa::ToSchema;

use crate::{labels, problems, view::ShipmentsView};

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
    /// Instead of both: one or more for each warehouse that something leaves from.
    #[serde(default)]
    parcels: Vec<Parcel>,
}

/// A parcel that leaves from one warehouse.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ShipOrderParcel)]
#[serde(deny_unknown_fields)]
struct Parcel {
    warehouse_id: WarehouseId,
    #[schema(min_length = 1, max_length = 100)]
    carrier: String,
    #[schema(min_length = 1, max_length = 100)]
    tracking_number: String,
}

/// Ships all that is left of the order. Repeating it changes nothing.
#[utoipa::path(
    post,
    path = "/admin/orders/{order_id}/ship",
    operation_id = "admin-ship-order",
    request_body = Body,
    responses(
        (status = 200, description = "The order's shipments.", body = ShipmentsView, headers(("ETag"))),
        Problems<(
            NotFound, IllegalTransition, AlreadyShipped, PaymentNotAuthorized, AuthorizationLapsed, CaptureRefused,
            Unprocessable,
        )>,
    ),
    security(("user" = ["warehouse"]), ("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    request.caller()?.require_any(&[Role::Warehouse, Role::Operator])?;
    let order_id: OrderId = request.path("order_id")?;
    let labels = request.json::<Body>()?.labels()?;
    let outcome = deps.run(&order_id, &labels, &call).await.map_err(problems::unfinished)?;
    Ok(ShipmentsView::answer(&problems::shipped(outcome)?))
}

impl Body {
    /// The labels that it names.
    fn labels(self) -> Result<Labels, Problem> {
        let one = [("carrier", self.carrier.is_some()), ("tracking_number", self.tracking_number.is_some())];
        if self.parcels.is_empty() {
            let [carrier, tracking_number] = [self.carrier, self.tracking_number].map(Option::unwrap_or_default);
            return Ok(Labels::One(labels::printable("", Label { carrier, tracking_number })?));
        }
        if let Some((field, _)) = one.into_iter().find(|(_, is_there)| *is_there) {
            return Err(Problem::invalid_field(field, "stands in each of parcels already"));
        }
        let (from, parcels): (Vec<_>, Vec<_>) = self
            .parcels
            .into_iter()
            .map(|Parcel { warehouse_id, carrier, tracking_number }| (warehouse_id, Label { carrier, tracking_number }))
            .unzip();
        Ok(Labels::Each(from.into_iter().zip(labels::checked("parcels", parcels)?).collect()))
    }
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
