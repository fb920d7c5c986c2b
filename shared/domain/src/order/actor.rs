use serde::{Deserialize, Serialize};

/// Who or what changed an order's status. The names are stored in orders' histories: none may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// The customer, from the shop.
    Customer,
    /// An operator.
    Operator,
    /// The warehouse's staff.
    Warehouse,
    /// The carrier, which said that the last parcel has arrived.
    Carrier,
    /// The payment saga.
    Saga,
    /// A shipment that found the authorisation lapsed.
    Shipment,
    /// A sweeper: over a flash sale's claims, over what has been on its way for days, or over money that the gateway lets
    /// go of.
    Sweeper,
}

#[cfg(test)]
mod tests {
    use super::{Actor::*, *};

    #[test]
    fn the_stored_names_never_change() {
        let names = [
            (Customer, "customer"),
            (Operator, "operator"),
            (Warehouse, "warehouse"),
            (Carrier, "carrier"),
            (Saga, "saga"),
            (Shipment, "shipment"),
            (Sweeper, "sweeper"),
        ];
        for (actor, name) in names {
            assert_eq!(serde_json::to_value(actor).unwrap(), name);
            assert_eq!(serde_json::from_value::<Actor>(name.into()).unwrap(), actor);
        }
    }
}
