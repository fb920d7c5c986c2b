//! A viewer's request from its arrival to its answer.

use std::{
    net::IpAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, StatusCode,
    header::{CONTENT_LENGTH, CONTENT_TYPE, IF_MODIFIED_SINCE, IF_NONE_MATCH, RANGE},
    request::Parts,
};
use http_body_util::{BodyExt, Limited};
use hyper::{
    Request, Response,
    body::{Body as _, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;

use crate::{
    config::{Behavior, Config},
    freshness::Freshness,
    origin::{self, Body, Origins, full},
    store::{self, LARGEST_OBJECT, Store, Stored, Usable},
};

/// The largest body of a request, that of an HTTP API.
const LARGEST_UPLOAD: usize = 10 << 20;
const HEALTH: &str = "/__edge/health";
const X_CACHE: HeaderName = HeaderName::from_static("x-cache");
const HIT: HeaderValue = HeaderValue::from_static("Hit from cloudfront");
const MISS: HeaderValue = HeaderValue::from_static("Miss from cloudfront");
const REFRESH_HIT: HeaderValue = HeaderValue::from_static("RefreshHit from cloudfront");

/// A distribution at work.
pub struct Edge {
    config: Config,
    origins: Origins,
    store: Store,
}

impl Edge {
    /// An edge with an empty cache.
    pub fn new(config: Config) -> Self {
        Self { config, origins: Origins::new(), store: Store::default() }
    }

    /// Answer every connection of a listener, for ever.
    pub async fn serve(self: Arc<Self>, listener: TcpListener) -> anyhow::Result<()> {
        loop {
            let (stream, peer) = match listener.accept().await {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of file descriptors, most likely: those in use must be given time to end.
                    eprintln!("souk-edge: cannot accept: {error}");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            };
            stream.set_nodelay(true).ok();
            let edge = Arc::clone(&self);
            tokio::spawn(async move {
                let service = service_fn(|request| {
                    let edge = Arc::clone(&edge);
                    async move { Ok::<_, std::convert::Infallible>(edge.answer(request, peer.ip()).await) }
                });
                // A viewer that goes away in the middle is nobody's fault.
                http1::Builder::new()
                    .timer(TokioTimer::new())
                    .serve_connection(TokioIo::new(stream), service)
                    .await
                    .ok();
            });
        }
    }

    async fn answer(self: Arc<Self>, request: Request<Incoming>, address: IpAddr) -> Response<Body> {
        if request.uri().path() == HEALTH {
            return Response::new(full(Bytes::from_static(b"{\"status\":\"ok\"}")));
        }
        let Some(behavior) = self.config.behavior(request.uri().path()) else {
            return refusal(StatusCode::NOT_FOUND);
        };
        if !behavior.allows(request.method()) {
            return refusal(StatusCode::FORBIDDEN);
        }
        if request.body().size_hint().lower() > LARGEST_UPLOAD as u64 {
            return refusal(StatusCode::PAYLOAD_TOO_LARGE);
        }
        let answer = if behavior.caches(request.method()) {
            let key = store::key(&request, behavior);
            self.through_cache(Read::new(request, address), behavior, key).await
        } else {
            let (parts, body) = request.into_parts();
            let body = Limited::new(body, LARGEST_UPLOAD).boxed();
            self.ask(&parts, address, behavior, body, None).await.map(|response| marked(response.map(streamed), MISS))
        };
        let mut answer = answer.unwrap_or_else(refusal);
        behavior.decorate(answer.headers_mut());
        answer
    }

    /// Serve a read from the cache, or fill the cache with its answer.
    async fn through_cache(self: &Arc<Self>, read: Read, behavior: &Behavior, key: String) -> Answer {
        let Some(object) = self.store.get(&key) else {
            return self.fetch(&read, behavior, key, None).await;
        };
        match object.usable(Instant::now()) {
            Usable::Fresh => Ok(read.answer(&object, HIT)),
            Usable::WhileRevalidating => {
                let answer = read.answer(&object, HIT);
                if self.store.begin_revalidation(&key) {
                    tokio::spawn(Arc::clone(self).revalidate(read, key, object));
                }
                Ok(answer)
            }
            Usable::AfterRevalidating => self.fetch(&read, behavior, key, Some(object)).await,
        }
    }

    /// Fetch a stale object anew; a failure leaves it, and the next viewer tries again.
    async fn revalidate(self: Arc<Self>, read: Read, key: String, stale: Stored) {
        if let Some(behavior) = self.config.behavior(read.parts.uri.path()) {
            self.fetch(&read, behavior, key.clone(), Some(stale)).await.ok();
        }
        self.store.end_revalidation(&key);
    }

    /// Ask the origin for an object, naming the version that is known, and keep the answer if it may be kept.
    async fn fetch(&self, read: &Read, behavior: &Behavior, key: String, known: Option<Stored>) -> Answer {
        let tag = known.as_ref().and_then(Stored::etag);
        let response = self.ask(&read.parts, read.address, behavior, full(Bytes::new()), tag).await?;
        let now = Instant::now();
        if let (StatusCode::NOT_MODIFIED, Some(known)) = (response.status(), &known) {
            let object = known.refreshed(response.headers(), behavior, now);
            let answer = read.answer(&object, REFRESH_HIT);
            self.store.put(key, object);
            return Ok(answer);
        }
        let is_small = response.body().size_hint().upper().is_some_and(|size| size <= LARGEST_OBJECT as u64);
        let fresh = Freshness::of(response.headers(), behavior);
        let (StatusCode::OK, Some(fresh), true) = (response.status(), fresh, is_small) else {
            // A server's failure says nothing about the object that is kept.
            if !response.status().is_server_error() {
                self.store.remove(&key);
            }
            return Ok(marked(response.map(streamed), MISS));
        };
        let (head, body) = response.into_parts();
        let body = body.collect().await.map_err(|_| StatusCode::BAD_GATEWAY)?.to_bytes();
        let object = Stored::new(head.headers, body, fresh, now);
        let answer = read.answer(&object, MISS);
        self.store.put(key, object);
        Ok(answer)
    }

    async fn ask(
        &self,
        parts: &Parts,
        address: IpAddr,
        behavior: &Behavior,
        body: Body,
        known: Option<&HeaderValue>,
    ) -> Result<Response<Incoming>, StatusCode> {
        let origin = self.config.origins.get(&behavior.origin).ok_or(StatusCode::BAD_GATEWAY)?;
        let mut request =
            origin::request(parts, address, behavior, origin, body).map_err(|_| StatusCode::BAD_REQUEST)?;
        if let Some(tag) = known {
            request.headers_mut().insert(IF_NONE_MATCH, tag.clone());
        }
        self.origins.ask(request).await
    }
}

type Answer = Result<Response<Body>, StatusCode>;

/// A viewer's GET or HEAD under a behaviour that caches.
struct Read {
    method: Method,
    headers: HeaderMap,
    /// What the origin is asked: the whole object, even if the viewer wants a part of it or has it already.
    parts: Parts,
    address: IpAddr,
}

impl Read {
    fn new(request: Request<Incoming>, address: IpAddr) -> Self {
        let (mut parts, _no_body) = request.into_parts();
        let (method, headers) = (std::mem::replace(&mut parts.method, Method::GET), parts.headers.clone());
        for name in [CONTENT_LENGTH, IF_MODIFIED_SINCE, IF_NONE_MATCH, RANGE] {
            parts.headers.remove(name);
        }
        Self { method, headers, parts, address }
    }

    fn answer(&self, object: &Stored, mark: HeaderValue) -> Response<Body> {
        marked(object.answer(&self.method, &self.headers, Instant::now()).map(full), mark)
    }
}

/// A body passed on as it comes.
fn streamed(body: Incoming) -> Body {
    body.map_err(Into::into).boxed()
}

fn marked(mut response: Response<Body>, mark: HeaderValue) -> Response<Body> {
    response.headers_mut().insert(X_CACHE, mark);
    response
}

/// An answer of the edge itself, in the shape of API Gateway's own.
fn refusal(status: StatusCode) -> Response<Body> {
    let reason = status.canonical_reason().unwrap_or("Error");
    let mut response = Response::new(full(Bytes::from(format!("{{\"message\":\"{reason}\"}}"))));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    marked(response, HeaderValue::from_static("Error from cloudfront"))
}
