//! What the operators' endpoints share: the catalog, and who may use them.

use serde::Serialize;
use souk_catalog::{Catalog, Put};
use souk_runtime::{
    ConfigError, Environment, FromEnvironment,
    http::{Problem, Request, Response, Role},
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

/// The answer to a PUT: what is stored now, with its ETag.
pub(crate) fn answer<T: Serialize>(put: &Put<T>, version: impl Fn(&T) -> u64) -> Response {
    let (status, thing) = match put {
        Put::Created(thing) => (201, thing),
        Put::Changed(thing) | Put::Unchanged(thing) => (200, thing),
    };
    Response::json(status, thing).etag(version(thing))
}
