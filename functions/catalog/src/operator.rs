//! What the operators' endpoints share: the catalog, and who may use them.

use souk_catalog::{Catalog, Put};
use souk_runtime::{
    ConfigError, Environment, FromEnvironment,
    http::{Effect, Problem, Request, Role},
};

/// What every endpoint of the catalog works with.
#[derive(Debug)]
pub struct Deps {
    pub(crate) catalog: Catalog,
}

impl FromEnvironment for Deps {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self { catalog: Catalog::new(environment.table("CATALOG_TABLE")?) })
    }
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
