//! How long an answer may be served from the cache.

use std::time::Duration;

use http::{
    HeaderMap, HeaderName,
    header::{CACHE_CONTROL, ETAG, SET_COOKIE},
};

use crate::config::Behavior;

/// How long an object is fresh, and how long after that it may still be served while it is fetched anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Freshness {
    /// Served without asking the origin.
    pub ttl: Duration,
    /// Served once more after that, while the origin is asked.
    pub stale_while_revalidate: Duration,
}

impl Freshness {
    /// The freshness of an answer under a behaviour; `None` when it must not be kept.
    ///
    /// Stricter than CloudFront on two points, so that a mistake shows here first: an answer that sets a
    /// cookie or is `private` is never kept, whatever the minimum TTL is.
    pub fn of(headers: &HeaderMap, behavior: &Behavior) -> Option<Self> {
        let said = Directives::of(headers);
        if said.forbids_keeping || headers.contains_key(SET_COOKIE) {
            return None;
        }
        let wanted = said.max_age.unwrap_or(behavior.default_ttl);
        // min over max: a distribution with a minimum above its maximum keeps to the maximum.
        let ttl = wanted.max(behavior.min_ttl).min(behavior.max_ttl);
        let worth_keeping = ttl > 0 || said.stale_while_revalidate > 0 || headers.contains_key(ETAG);
        worth_keeping.then_some(Self {
            ttl: Duration::from_secs(ttl),
            stale_while_revalidate: Duration::from_secs(said.stale_while_revalidate),
        })
    }
}

/// What `Cache-Control` says to a shared cache.
#[derive(Default)]
struct Directives {
    forbids_keeping: bool,
    max_age: Option<u64>,
    stale_while_revalidate: u64,
}

impl Directives {
    fn of(headers: &HeaderMap) -> Self {
        let mut out = Self::default();
        let mut shared_max_age = None;
        for directive in list(headers, &CACHE_CONTROL) {
            let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
            let seconds = || value.trim().trim_matches('"').parse().ok();
            match name.trim().to_ascii_lowercase().as_str() {
                "no-store" | "private" | "no-cache" => out.forbids_keeping = true,
                "max-age" => out.max_age = seconds(),
                "s-maxage" => shared_max_age = seconds(),
                "stale-while-revalidate" => out.stale_while_revalidate = seconds().unwrap_or(0),
                _ => {}
            }
        }
        out.max_age = shared_max_age.or(out.max_age);
        out
    }
}

/// The comma-separated members of a header that may be repeated.
pub(crate) fn list<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    headers
        .get_all(name)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Rules, Selection};

    fn behavior(min_ttl: u64, default_ttl: u64, max_ttl: u64) -> Behavior {
        let rules =
            || Rules { query: Selection::default(), headers: Selection::default(), cookies: Selection::default() };
        Behavior {
            path_pattern: "*".to_owned(),
            origin: "api".to_owned(),
            allowed_methods: vec!["GET".to_owned()],
            min_ttl,
            default_ttl,
            max_ttl,
            cache_key: rules(),
            forward: rules(),
            response_headers: Vec::new(),
        }
    }

    fn ttl(fields: &[(&'static str, &'static str)], behavior: &Behavior) -> Option<u64> {
        let headers = fields.iter().map(|&(n, v)| (n.parse().unwrap(), v.parse().unwrap())).collect();
        Freshness::of(&headers, behavior).map(|found| found.ttl.as_secs())
    }

    #[test]
    fn max_age_stays_within_the_bounds_and_s_maxage_goes_before() {
        let bounds = behavior(10, 60, 300);
        assert_eq!(ttl(&[("cache-control", "max-age=5")], &bounds), Some(10));
        assert_eq!(ttl(&[("cache-control", "public, max-age=100")], &bounds), Some(100));
        assert_eq!(ttl(&[("cache-control", "max-age=9999")], &bounds), Some(300));
        assert_eq!(ttl(&[("cache-control", "max-age=5, s-maxage=20")], &bounds), Some(20));
        assert_eq!(ttl(&[], &bounds), Some(60));
    }

    #[test]
    fn what_belongs_to_one_viewer_is_never_kept() {
        let bounds = behavior(10, 60, 300);
        for directive in ["no-store", "private, max-age=60", "No-Cache", "max-age=60, NO-STORE"] {
            assert_eq!(ttl(&[("cache-control", directive)], &bounds), None, "{directive}");
        }
        assert_eq!(ttl(&[("cache-control", "max-age=60"), ("set-cookie", "a=1")], &bounds), None);
    }

    #[test]
    fn a_stale_object_is_kept_only_where_it_can_be_revalidated() {
        let bounds = behavior(0, 0, 300);
        assert_eq!(ttl(&[], &bounds), None);
        assert_eq!(ttl(&[("etag", "\"3\"")], &bounds), Some(0));
        let headers = [(CACHE_CONTROL, "max-age=1, stale-while-revalidate=30".parse().unwrap())].into_iter().collect();
        assert_eq!(Freshness::of(&headers, &bounds).unwrap().stale_while_revalidate.as_secs(), 30);
    }
}
