//! What the edge knows of the distribution: origins, and behaviours in order.

use std::collections::BTreeMap;

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde::Deserialize;

use crate::pattern;

/// A distribution, as the local driver reads it from the deployed one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// By their ids.
    pub origins: BTreeMap<String, Origin>,
    /// In order of precedence; the default behaviour, pattern `*`, comes last.
    pub behaviors: Vec<Behavior>,
}

/// Where requests are sent to.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// The base URL; the request's path is appended to it.
    pub url: String,
    /// Headers that the distribution adds, whatever the viewer sent under their names. They may be secret.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
}

impl std::fmt::Debug for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Origin").field("url", &self.url).finish_non_exhaustive()
    }
}

/// How requests under one path pattern are cached and forwarded.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Behavior {
    /// Which paths it is for.
    pub path_pattern: String,
    /// The origin it asks.
    pub origin: String,
    /// Methods that are let through; others get a 403 from the edge itself.
    pub allowed_methods: Vec<String>,
    /// Seconds that an object stays cached at least, whatever its origin says.
    pub min_ttl: u64,
    /// Seconds for an object whose origin says nothing.
    pub default_ttl: u64,
    /// Seconds that an object stays cached at most; 0 turns caching off.
    pub max_ttl: u64,
    /// What tells cached objects apart; it is forwarded too.
    pub cache_key: Rules,
    /// What is forwarded beyond the cache key.
    pub forward: Rules,
    /// What every answer bears.
    #[serde(default)]
    pub response_headers: Vec<ResponseHeader>,
}

/// A header that the distribution adds to answers.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResponseHeader {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Whether it goes before the origin's own.
    pub overrides: bool,
}

/// A choice of parts of the viewer's request.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// Query parameters.
    pub query: Selection,
    /// Headers, except `Cookie`.
    pub headers: Selection,
    /// Cookies.
    pub cookies: Selection,
}

/// All of a kind, or those named.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Selection {
    /// Written `"all"`.
    All(All),
    /// Written as a list of names; empty for none.
    Names(Vec<String>),
}

/// The word `all`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum All {
    /// The only value.
    All,
}

impl Default for Selection {
    fn default() -> Self {
        Self::Names(Vec::new())
    }
}

impl Selection {
    /// Whether something of this name is chosen; case does not count.
    pub fn holds(&self, name: &str) -> bool {
        match self {
            Self::All(_) => true,
            Self::Names(names) => names.iter().any(|known| known.eq_ignore_ascii_case(name)),
        }
    }
}

impl Config {
    /// The behaviour for a path.
    pub fn behavior(&self, path: &str) -> Option<&Behavior> {
        self.behaviors.iter().find(|behavior| pattern::matches(&behavior.path_pattern, path))
    }
}

impl Behavior {
    /// Adds what every answer bears.
    pub fn decorate(&self, headers: &mut HeaderMap) {
        for ResponseHeader { name, value, overrides } in &self.response_headers {
            let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) else { continue };
            if *overrides || !headers.contains_key(&name) {
                headers.insert(name, value);
            }
        }
    }

    /// Whether a method is let through.
    pub fn allows(&self, method: &Method) -> bool {
        self.allowed_methods.iter().any(|allowed| allowed == method.as_str())
    }

    /// Whether answers to a method may be cached at all.
    pub fn caches(&self, method: &Method) -> bool {
        self.max_ttl > 0 && (method == Method::GET || method == Method::HEAD)
    }

    /// Whether a header of the viewer reaches the origin.
    pub fn forwards_header(&self, name: &str) -> bool {
        self.cache_key.headers.holds(name) || self.forward.headers.holds(name)
    }

    /// Whether a cookie of the viewer reaches the origin.
    pub fn forwards_cookie(&self, name: &str) -> bool {
        self.cache_key.cookies.holds(name) || self.forward.cookies.holds(name)
    }

    /// The query string that reaches the origin: its parameters in the viewer's order.
    pub fn forwarded_query(&self, query: &str) -> String {
        chosen(query, |name| self.cache_key.query.holds(name) || self.forward.query.holds(name))
    }
}

/// The `name=value` parts of a query whose name is chosen.
pub(crate) fn chosen(query: &str, is_chosen: impl Fn(&str) -> bool) -> String {
    let kept = query.split('&').map(str::trim).filter(|part| !part.is_empty());
    kept.filter(|part| is_chosen(part.split('=').next().unwrap_or(part))).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn config(json: &str) -> Config {
        serde_json::from_str(json).unwrap()
    }

    fn shop() -> Config {
        config(
            r#"{"origins": {"api": {"url": "http://127.0.0.1:1"}, "pages": {"url": "http://127.0.0.1:2"}}, "behaviors": [
                {"path_pattern": "/products/*", "origin": "pages", "allowed_methods": ["GET", "HEAD"],
                 "min_ttl": 0, "default_ttl": 300, "max_ttl": 600,
                 "cache_key": {"query": ["q"], "headers": [], "cookies": []},
                 "forward": {"query": [], "headers": ["Accept-Language"], "cookies": ["theme"]}},
                {"path_pattern": "*", "origin": "api", "allowed_methods": ["GET", "POST"],
                 "min_ttl": 0, "default_ttl": 0, "max_ttl": 0,
                 "cache_key": {"query": [], "headers": [], "cookies": []},
                 "forward": {"query": "all", "headers": "all", "cookies": "all"}}]}"#,
        )
    }

    #[test]
    fn the_first_matching_behaviour_wins_and_the_default_is_last() {
        let shop = shop();
        assert_eq!(shop.behavior("/products/p1").unwrap().origin, "pages");
        assert_eq!(shop.behavior("/orders").unwrap().origin, "api");
    }

    #[test]
    fn only_reads_of_a_behaviour_with_a_ttl_are_cached() {
        let shop = shop();
        let (pages, api) = (&shop.behaviors[0], &shop.behaviors[1]);
        assert!(pages.caches(&Method::GET) && pages.caches(&Method::HEAD));
        assert!(!pages.caches(&Method::OPTIONS) && !api.caches(&Method::GET));
        assert!(pages.allows(&Method::GET) && !pages.allows(&Method::POST) && api.allows(&Method::POST));
    }

    #[test]
    fn a_header_of_the_distribution_goes_before_the_origins_where_it_says_so() {
        let header =
            |name: &str, overrides| ResponseHeader { name: name.to_owned(), value: "edge".to_owned(), overrides };
        let behavior = Behavior {
            response_headers: vec![header("x-one", true), header("X-Two", false), header("x-three", false)],
            ..shop().behaviors.remove(0)
        };
        let mut headers: HeaderMap = ["x-one", "x-two"]
            .map(|name| (HeaderName::from_static(name), HeaderValue::from_static("origin")))
            .into_iter()
            .collect();
        behavior.decorate(&mut headers);
        let told: Vec<_> = ["x-one", "x-two", "x-three"].iter().map(|name| headers[*name].to_str().unwrap()).collect();
        assert_eq!(told, ["edge", "origin", "edge"]);
    }

    #[test]
    fn forwarding_is_what_the_key_and_the_request_policy_name_together() {
        let shop = shop();
        let (pages, api) = (&shop.behaviors[0], &shop.behaviors[1]);
        assert_eq!(pages.forwarded_query("a=1&q=x&q=y"), "q=x&q=y");
        assert_eq!(api.forwarded_query("a=1&q=x"), "a=1&q=x");
        assert!(pages.forwards_header("accept-language") && !pages.forwards_header("authorization"));
        assert!(pages.forwards_cookie("theme") && !pages.forwards_cookie("cart") && api.forwards_cookie("cart"));
    }
}
