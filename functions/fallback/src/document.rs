//! The API's description, as the tests keep it.

use std::collections::BTreeMap;

use serde::{Deserialize, de::IgnoredAny};
use souk_wiring::ConfigError;

/// The document's own bytes.
pub(crate) const TEXT: &str = include_str!("../../../docs/openapi.json");

/// A route of the API: `GET`, `/cart`.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) method: String,
    pub(crate) path: String,
}

#[derive(Deserialize)]
struct Document {
    paths: BTreeMap<String, BTreeMap<String, IgnoredAny>>,
}

/// A test keeps the document readable; this says so where it did not.
pub(crate) fn unusable(error: serde_json::Error) -> ConfigError {
    ConfigError::Invalid { name: "docs/openapi.json", reason: error.to_string() }
}

/// All routes that a description tells of.
pub(crate) fn routes(text: &str) -> Result<Vec<Route>, ConfigError> {
    let document: Document = serde_json::from_str(text).map_err(unusable)?;
    let routes = document.paths.into_iter().flat_map(|(path, methods)| {
        let route = move |method: String| Route { method: method.to_uppercase(), path: path.clone() };
        methods.into_keys().map(route).collect::<Vec<_>>()
    });
    Ok(routes.collect())
}
