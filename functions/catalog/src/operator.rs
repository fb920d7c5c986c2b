//! What the operators' endpoints share: the catalog, and who may use them.

use souk_catalog::{Catalog, Put};
use souk_runtime::http::{Effect, Problem, Request, Role};
use souk_wiring::FromEnvironment;

/// What every endpoint of the catalog works with.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    pub(crate) catalog: Catalog,
}

pub(crate) fn require_operator(request: &Request) -> Result<(), Problem> {
    request.caller()?.require_any(&[Role::Operator])
}

/// What a PUT did, and the thing as it stands now.
pub(crate) fn effect<T>(put: Put<T>) -> (Effect, T) {
    match put {
        Put::Created(thing) => (Effect::Created, thing),
        Put::Changed(thing) => (Effect::Changed, thing),
        Put::Unchanged(thing) => (Effect::Unchanged, thing),
    }
}
