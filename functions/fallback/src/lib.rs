//! The `$default` route of each API: what no other route takes is told apart as "no such path" (404)
//! and "not with this method" (405).
#![forbid(unsafe_code)]

use souk_runtime::http::{
    HttpResult, Problem, Request,
    problem::catalogue::{MethodNotAllowed, NoSuchPath},
};
use souk_wiring::{Call, ConfigError, Environment, FromEnvironment};

/// The API's routes, from the variable `ROUTES`: `GET /cart, PUT /cart/items/{sku}`.
#[derive(Debug)]
pub struct Deps {
    routes: Vec<Route>,
}

#[derive(Debug)]
struct Route {
    method: String,
    path: String,
}

impl FromEnvironment for Deps {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self { routes: parse(&environment.required("ROUTES")?) })
    }
}

/// Never succeeds.
///
/// # Errors
/// 405 with `Allow` where the path is known, 404 where it is not.
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    let path = request.raw_path();
    let allowed = methods(&deps.routes, path);
    if allowed.is_empty() {
        return Err(Problem::new(NoSuchPath, "This API has no such path."));
    }
    let detail = format!("{} is not possible here; {} is.", request.method(), allowed.join(", "));
    Err(Problem::new(MethodNotAllowed, detail).with_header("allow", allowed.join(", ")))
}

fn parse(routes: &str) -> Vec<Route> {
    let pairs = routes.split(',').filter_map(|route| route.trim().split_once(' '));
    pairs.map(|(method, path)| Route { method: method.to_owned(), path: path.to_owned() }).collect()
}

fn methods<'a>(routes: &'a [Route], path: &str) -> Vec<&'a str> {
    routes.iter().filter(|route| matches(&route.path, path)).map(|route| route.method.as_str()).collect()
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
        let routes = parse("GET /cart, PUT /cart/items/{sku}, DELETE /cart/items/{sku}");
        assert_eq!(methods(&routes, "/cart"), ["GET"]);
        assert_eq!(methods(&routes, "/cart/items/a"), ["PUT", "DELETE"]);
        for unknown in ["/", "/carts", "/cart/items", "/cart/items/", "/cart/items/a/b"] {
            assert!(methods(&routes, unknown).is_empty(), "{unknown}");
        }
    }
}
