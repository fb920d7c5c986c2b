//! The `$default` route of each API: what no other route takes is told apart as "no such path" (404)
//! and "not with this method" (405). `OPTIONS` is answered here, too: no route takes it. Where other origins are allowed,
//! API Gateway answers a preflight itself and nobody asks.

use souk_runtime::http::{
    HttpResult, Problem, Request, Response,
    problem::catalogue::{MethodNotAllowed, NoSuchPath},
};
use souk_wiring::{Call, ConfigError, Environment, FromEnvironment};

use crate::document::{Route, TEXT, routes};

/// The routes of both APIs: the distribution brings a path to the one that has it.
#[derive(Debug)]
pub struct Deps {
    routes: Vec<Route>,
}

impl FromEnvironment for Deps {
    async fn from_environment(_: &Environment) -> Result<Self, ConfigError> {
        Ok(Self { routes: routes(TEXT)? })
    }
}

/// What the path takes, for `OPTIONS`; nothing else succeeds.
///
/// # Errors
/// 405 with `Allow` where the path is known, 404 where it is not.
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    let path = request.raw_path();
    let allowed = methods(&deps.routes, path);
    if request.method().as_str() == "OPTIONS" && !allowed.is_empty() {
        return Ok(Response::empty(204).header("allow", allowed.join(", ")));
    }
    // A method that is there came to the other world's API: here, the path is none.
    if allowed.is_empty() || allowed.contains(&request.method().as_str()) {
        return Err(Problem::new(NoSuchPath, "This API has no such path."));
    }
    let detail = format!("{} is not possible here; {} is.", request.method(), allowed.join(", "));
    Err(Problem::new(MethodNotAllowed, detail).with_header("allow", allowed.join(", ")))
}

/// Those that the description tells of, `HEAD` beside `GET`, and `OPTIONS`; none where there is no such path.
fn methods<'a>(routes: &'a [Route], path: &str) -> Vec<&'a str> {
    let described = routes.iter().filter(|route| matches(&route.path, path)).map(|route| route.method.as_str());
    let mut methods: Vec<_> =
        described.flat_map(|method| [Some(method), (method == "GET").then_some("HEAD")]).flatten().collect();
    if !methods.is_empty() {
        methods.push("OPTIONS");
    }
    methods
}

/// A pattern's `{name}` stands for one segment.
fn matches(pattern: &str, path: &str) -> bool {
    let (mut pattern, mut path) = (pattern.split('/'), path.split('/'));
    loop {
        match (pattern.next(), path.next()) {
            (None, None) => return true,
            (Some(p), Some(segment)) if p == segment || (p.starts_with('{') && !segment.is_empty()) => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_path_names_its_methods_and_an_unknown_one_none() {
        let text = r#"{"paths": {"/cart": {"get": {}}, "/cart/items/{sku}": {"delete": {}, "put": {}}}}"#;
        let routes = routes(text).unwrap();
        assert_eq!(methods(&routes, "/cart"), ["GET", "HEAD", "OPTIONS"]);
        assert_eq!(methods(&routes, "/cart/items/a"), ["DELETE", "PUT", "OPTIONS"]);
        for unknown in ["/", "/carts", "/cart/items", "/cart/items/", "/cart/items/a/b"] {
            assert!(methods(&routes, unknown).is_empty(), "{unknown}");
        }
    }
}
