//! The cached objects.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
    time::Instant,
};

use bytes::Bytes;
use http::{
    HeaderMap, Method, StatusCode,
    header::{AGE, CONTENT_LENGTH, ETAG, IF_NONE_MATCH},
};
use hyper::{Request, Response};
use quick_cache::{Weighter, sync::Cache};

use crate::{
    config::{Behavior, chosen},
    freshness::{Freshness, list},
};

/// Objects that are larger pass through without being kept.
pub const LARGEST_OBJECT: usize = 8 << 20;
const CAPACITY_BYTES: u64 = 256 << 20;

/// An answer of the origin, kept.
#[derive(Clone)]
pub struct Stored {
    headers: HeaderMap,
    body: Bytes,
    fresh: Freshness,
    since: Instant,
}

/// What may be done with a stored object at a moment.
#[derive(Debug, PartialEq, Eq)]
pub enum Usable {
    /// It is served.
    Fresh,
    /// It is served, and fetched anew meanwhile.
    WhileRevalidating,
    /// The origin is asked first.
    AfterRevalidating,
}

impl Stored {
    /// An object as the origin just answered it.
    pub fn new(headers: HeaderMap, body: Bytes, fresh: Freshness, now: Instant) -> Self {
        Self { headers, body, fresh, since: now }
    }

    /// The same object after the origin said that it has not changed.
    pub fn refreshed(&self, answer: &HeaderMap, behavior: &Behavior, now: Instant) -> Self {
        let mut headers = self.headers.clone();
        for name in answer.keys().filter(|&name| name != CONTENT_LENGTH) {
            headers.remove(name);
            for value in answer.get_all(name) {
                headers.append(name, value.clone());
            }
        }
        let fresh = Freshness::of(&headers, behavior).unwrap_or(self.fresh);
        Self { headers, body: self.body.clone(), fresh, since: now }
    }

    /// What may be done with it now.
    pub fn usable(&self, now: Instant) -> Usable {
        let age = now.saturating_duration_since(self.since);
        if age < self.fresh.ttl {
            Usable::Fresh
        } else if age < self.fresh.ttl + self.fresh.stale_while_revalidate {
            Usable::WhileRevalidating
        } else {
            Usable::AfterRevalidating
        }
    }

    /// Its entity tag, to ask the origin whether it changed.
    pub fn etag(&self) -> Option<&http::HeaderValue> {
        self.headers.get(ETAG)
    }

    /// The answer to a viewer: 304 when the viewer has this very object, and no body for HEAD.
    pub fn answer(&self, method: &Method, viewer: &HeaderMap, now: Instant) -> Response<Bytes> {
        let mut response = Response::new(self.body.clone());
        *response.headers_mut() = self.headers.clone();
        response.headers_mut().insert(AGE, now.saturating_duration_since(self.since).as_secs().into());
        if self.is_held_by(viewer) {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            response.headers_mut().remove(CONTENT_LENGTH);
            *response.body_mut() = Bytes::new();
        } else if method == Method::HEAD {
            *response.body_mut() = Bytes::new();
        }
        response
    }

    fn is_held_by(&self, viewer: &HeaderMap) -> bool {
        let bare = |tag: &str| tag.strip_prefix("W/").unwrap_or(tag).to_owned();
        let own = self.etag().and_then(|tag| tag.to_str().ok()).map(bare);
        own.is_some_and(|own| list(viewer, &IF_NONE_MATCH).any(|tag| tag == "*" || bare(tag) == own))
    }
}

/// What tells two objects apart: the path, and the parts of the request that the behaviour names.
pub fn key<B>(request: &Request<B>, behavior: &Behavior) -> String {
    let rules = &behavior.cache_key;
    let uri = request.uri();
    let mut key = format!("{}?{}", uri.path(), chosen(uri.query().unwrap_or(""), |name| rules.query.holds(name)));
    let mut headers: Vec<_> = request.headers().iter().filter(|(name, _)| rules.headers.holds(name.as_str())).collect();
    headers.sort_by_key(|(name, _)| name.as_str());
    for (name, value) in headers {
        key.push_str(&format!("\n{name}: {}", String::from_utf8_lossy(value.as_bytes())));
    }
    key
}

/// Room for objects, bounded by their size; the least used leave first.
pub struct Store {
    objects: Cache<String, Stored, BySize>,
    revalidating: Mutex<HashSet<String>>,
}

#[derive(Clone)]
struct BySize;

impl Weighter<String, Stored> for BySize {
    fn weight(&self, key: &String, object: &Stored) -> u64 {
        (key.len() + object.body.len() + 1024) as u64
    }
}

impl Default for Store {
    fn default() -> Self {
        let objects = Cache::with_weighter(4096, CAPACITY_BYTES, BySize);
        Self { objects, revalidating: Mutex::default() }
    }
}

impl Store {
    /// The object under a key.
    pub fn get(&self, key: &str) -> Option<Stored> {
        self.objects.get(key)
    }

    /// Keep an object.
    pub fn put(&self, key: String, object: Stored) {
        self.objects.insert(key, object);
    }

    /// Forget an object.
    pub fn remove(&self, key: &str) {
        self.objects.remove(key);
    }

    /// Whether the caller is the one to fetch a stale object anew; others go on serving it meanwhile.
    pub fn begin_revalidation(&self, key: &str) -> bool {
        self.revalidating.lock().unwrap_or_else(PoisonError::into_inner).insert(key.to_owned())
    }

    /// The fetch that [`Store::begin_revalidation`] allowed has ended.
    pub fn end_revalidation(&self, key: &str) {
        self.revalidating.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn stored(ttl: u64, stale: u64, since: Instant) -> Stored {
        let fresh = Freshness { ttl: Duration::from_secs(ttl), stale_while_revalidate: Duration::from_secs(stale) };
        let headers = [(ETAG, "\"3\"".parse().unwrap()), (CONTENT_LENGTH, 4.into())].into_iter().collect();
        Stored::new(headers, Bytes::from_static(b"page"), fresh, since)
    }

    #[test]
    fn an_object_is_fresh_then_stale_then_must_be_asked_for() {
        let begin = Instant::now();
        let object = stored(10, 5, begin);
        let after = |seconds| object.usable(begin + Duration::from_secs(seconds));
        assert_eq!(after(9), Usable::Fresh);
        assert_eq!(after(10), Usable::WhileRevalidating);
        assert_eq!(after(14), Usable::WhileRevalidating);
        assert_eq!(after(15), Usable::AfterRevalidating);
    }

    #[test]
    fn a_viewer_who_has_the_object_gets_304() {
        let begin = Instant::now();
        let object = stored(10, 0, begin);
        let viewer = |tag: &str| [(IF_NONE_MATCH, tag.parse().unwrap())].into_iter().collect::<HeaderMap>();
        let answer = |tag: &str| object.answer(&Method::GET, &viewer(tag), begin + Duration::from_secs(4));
        assert_eq!(answer("\"3\"").status(), StatusCode::NOT_MODIFIED);
        assert_eq!(answer("\"1\", W/\"3\"").status(), StatusCode::NOT_MODIFIED);
        assert_eq!(answer("\"2\"").status(), StatusCode::OK);
        assert_eq!(answer("\"2\"").headers()[AGE], "4");
        assert!(object.answer(&Method::HEAD, &HeaderMap::new(), begin).body().is_empty());
    }
}
