//! What the operators' endpoints share.

use souk_pricing::Prices;
use souk_runtime::{
    ConfigError, Environment, FromEnvironment,
    http::{Problem, Request, Role},
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
