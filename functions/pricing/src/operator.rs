//! What the operators' endpoints share.

use souk_pricing::Prices;
use souk_runtime::http::{Problem, Request, Role};
use souk_wiring::FromEnvironment;

/// The prices.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    pub(crate) prices: Prices,
}

pub(crate) fn require_operator(request: &Request) -> Result<(), Problem> {
    request.caller()?.require_any(&[Role::Operator])
}
