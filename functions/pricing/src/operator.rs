//! What the operators' endpoints share.

use souk_pricing::{PricedSku, Prices};
use souk_runtime::{
    ConfigError, Environment, FromEnvironment,
    http::{Problem, Request, Response, Role},
};

/// The prices.
#[derive(Debug)]
pub struct Deps {
    pub(crate) prices: Prices,
}

impl FromEnvironment for Deps {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self { prices: Prices::new(environment.table("PRICES_TABLE")?) })
    }
}

pub(crate) fn require_operator(request: &Request) -> Result<(), Problem> {
    request.caller()?.require_any(&[Role::Operator])
}

/// A price with its version as ETag.
pub(crate) fn answer(status: u16, price: &PricedSku) -> Response {
    Response::json(status, price).etag(price.version)
}
