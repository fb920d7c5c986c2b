//! `GET /openapi.json`: the API's description.

use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};
use souk_runtime::http::{HttpResult, Request, Response, description::IfNoneMatch};
use souk_wiring::{Call, ConfigError, Environment, FromEnvironment};

use crate::document::{TEXT, unusable};

/// It changes with a deployment only.
const CACHE_CONTROL: &str = "public, max-age=3600";

/// The document, and a number that changes with it.
#[derive(Debug)]
pub struct Deps {
    document: &'static RawValue,
    revision: u64,
}

impl FromEnvironment for Deps {
    async fn from_environment(_: &Environment) -> Result<Self, ConfigError> {
        let document = serde_json::from_str(TEXT).map_err(unusable)?;
        Ok(Self { document, revision: revision(TEXT) })
    }
}

fn revision(text: &str) -> u64 {
    Sha256::digest(text).iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Answers with the description of both worlds, or with 304 where the client's copy is still good.
#[utoipa::path(
    get,
    path = "/openapi.json",
    operation_id = "describe-api",
    params(IfNoneMatch),
    responses(
        (status = 200, description = "An OpenAPI 3.1 document.", body = serde_json::Value, headers(("ETag"), ("Cache-Control"))),
    ),
    security(()),
)]
pub async fn handle(deps: &Deps, _: Request, _: Call) -> HttpResult {
    Ok(Response::json(200, &deps.document).revision(deps.revision).header("cache-control", CACHE_CONTROL))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_text_is_another_revision() {
        assert_ne!(revision("{}"), revision("{ }"));
        assert_eq!(revision("{}"), revision("{}"));
    }

    #[test]
    fn the_document_is_answered_as_it_stands() {
        let document: &RawValue = serde_json::from_str(TEXT).unwrap();
        assert_eq!(Response::json(200, &document).body(), Some(TEXT.trim_end()));
    }
}
