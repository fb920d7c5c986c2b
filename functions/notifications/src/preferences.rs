//! What a shopper does not want to be told, as the API shows and takes it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use souk_notifications::{Kind, Messages};
use souk_runtime::http::Problem;
use souk_wiring::FromEnvironment;
use utoipa::ToSchema;

/// The messages.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    pub(crate) messages: Messages,
}

/// Kinds of messages that are declined, each of which may be.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(as = DeclineMessages)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    declined: BTreeSet<Kind>,
}

/// The answer to both endpoints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = MessagePreferences)]
pub(crate) struct View {
    declined: BTreeSet<Kind>,
    may_be_declined: BTreeSet<Kind>,
}

impl Body {
    /// The kinds, where each of them may be declined.
    pub(crate) fn checked(self) -> Result<BTreeSet<Kind>, Problem> {
        match self.declined.iter().find(|kind| !kind.may_be_declined()) {
            None => Ok(self.declined),
            Some(kind) => Err(Problem::invalid_field("declined", format!("{} is always sent", kind.as_str()))),
        }
    }
}

impl View {
    pub(crate) fn of(declined: BTreeSet<Kind>) -> Self {
        let may_be_declined = Kind::ALL.into_iter().filter(|kind| kind.may_be_declined()).collect();
        Self { declined, may_be_declined }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn body(declined: serde_json::Value) -> Result<BTreeSet<Kind>, u16> {
        let body: Body = serde_json::from_value(json!({ "declined": declined })).unwrap();
        body.checked().map_err(|problem| problem.status())
    }

    #[test]
    fn news_of_a_parcel_may_be_declined_and_an_orders_confirmation_not() {
        assert_eq!(body(json!(["order_shipped"])).unwrap(), [Kind::OrderShipped].into());
        assert_eq!(body(json!([])).unwrap(), BTreeSet::new());
        assert_eq!(body(json!(["order_shipped", "order_confirmed"])), Err(400));
        assert_eq!(
            serde_json::to_value(View::of([Kind::OrderDelivered].into())).unwrap(),
            json!({ "declined": ["order_delivered"], "may_be_declined": ["order_shipped", "parcel_shipped", "tracking_changed", "order_delivered"] })
        );
    }
}
