//! The edge between a real viewer and a real origin.
#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    client::legacy::Client,
    rt::{TokioExecutor, TokioIo},
};
use souk_edge::edge::Edge;
use tokio::net::TcpListener;

/// An origin that counts its requests, remembers the last one's headers and answers by path.
#[derive(Default)]
struct Origin {
    requests: AtomicUsize,
    last: Mutex<(String, HeaderMap)>,
}

impl Origin {
    fn answer(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        let count = self.requests.fetch_add(1, Ordering::SeqCst) + 1;
        *self.last.lock().unwrap() = (request.uri().to_string(), request.headers().clone());
        let answer = Response::builder();
        let unchanged = request.headers().get("if-none-match").is_some_and(|tag| tag == "\"v1\"");
        let answer = match request.uri().path() {
            "/base/cached/page" => answer.header("cache-control", "max-age=60").header("etag", "\"v1\""),
            "/base/cached/checked" if unchanged => answer.status(304).header("cache-control", "max-age=0"),
            "/base/cached/checked" => answer.header("cache-control", "max-age=0").header("etag", "\"v1\""),
            "/base/cached/stale" => answer.header("cache-control", "max-age=0, stale-while-revalidate=60"),
            "/base/cached/private" => answer.header("cache-control", "private, max-age=60"),
            "/base/cached/cookie" => {
                answer.header("cache-control", "max-age=60").header("set-cookie", "a=1").header("set-cookie", "b=2")
            }
            "/base/cached/broken" => answer.status(503),
            "/base/cached/gone" => answer.status(410).header("cache-control", "no-store"),
            _ => answer.header("cache-control", "max-age=60").header("set-cookie", "a=1").header("set-cookie", "b=2"),
        };
        answer.body(Full::from(format!("{} {count}", request.method()))).unwrap()
    }
}

struct Shop {
    origin: Arc<Origin>,
    edge: SocketAddr,
}

struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Reply {
    fn x_cache(&self) -> &str {
        self.headers["x-cache"].to_str().unwrap().split(' ').next().unwrap()
    }
}

impl Shop {
    async fn open() -> Self {
        let (origin, listener) = (Arc::new(Origin::default()), TcpListener::bind("127.0.0.1:0").await.unwrap());
        let base = format!("http://{}/base", listener.local_addr().unwrap());
        let served = Arc::clone(&origin);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let origin = Arc::clone(&served);
                let service = service_fn(move |request: Request<Incoming>| {
                    let origin = Arc::clone(&origin);
                    async move {
                        let answer = origin.answer(&request);
                        request.into_body().collect().await.ok();
                        Ok::<_, Infallible>(answer)
                    }
                });
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        let none = r#"{"query": [], "headers": [], "cookies": []}"#;
        let config = format!(
            r#"{{"origins": {{"api": {{"url": "{base}", "headers": {{"x-shown": "secret"}}}}}}, "behaviors": [
                {{"path_pattern": "/cached/*", "origin": "api", "allowed_methods": ["GET", "HEAD"],
                  "min_ttl": 0, "default_ttl": 0, "max_ttl": 300,
                  "cache_key": {{"query": ["q"], "headers": [], "cookies": []}}, "forward": {none},
                  "response_headers": [{{"name": "x-content-type-options", "value": "nosniff", "overrides": true}}]}},
                {{"path_pattern": "*", "origin": "api", "allowed_methods": ["GET", "POST"],
                  "min_ttl": 0, "default_ttl": 0, "max_ttl": 0, "cache_key": {none},
                  "forward": {{"query": "all", "headers": "all", "cookies": "all"}}}}]}}"#
        );
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let edge = listener.local_addr().unwrap();
        tokio::spawn(Arc::new(Edge::new(serde_json::from_str(&config).unwrap())).serve(listener));
        Self { origin, edge }
    }

    async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Reply {
        let mut request = Request::builder().method(method).uri(format!("http://{}{path}", self.edge));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
        let response = client.request(request.body(Full::from(body)).unwrap()).await.unwrap();
        let (head, body) = response.into_parts();
        let body = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        Reply { status: head.status, headers: head.headers, body }
    }

    async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, &[], Vec::new()).await
    }

    fn requests(&self) -> usize {
        self.origin.requests.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn a_page_is_asked_for_once_and_carries_its_age() {
    let shop = Shop::open().await;
    let (first, second) = (shop.get("/cached/page").await, shop.get("/cached/page").await);
    assert_eq!((first.x_cache(), second.x_cache()), ("Miss", "Hit"));
    assert_eq!((first.body.as_str(), second.body.as_str()), ("GET 1", "GET 1"));
    assert!(second.headers.contains_key("age"));
    let known = shop.send(Method::GET, "/cached/page", &[("if-none-match", "\"v1\"")], Vec::new()).await;
    assert_eq!((known.status, known.body.as_str()), (StatusCode::NOT_MODIFIED, ""));
    assert_eq!(shop.requests(), 1);
}

#[tokio::test]
async fn only_the_query_of_the_key_tells_objects_apart_and_is_forwarded() {
    let shop = Shop::open().await;
    shop.get("/cached/page?q=a&utm=1").await;
    assert_eq!(shop.origin.last.lock().unwrap().0, "/base/cached/page?q=a");
    assert_eq!(shop.get("/cached/page?utm=2&q=a").await.x_cache(), "Hit");
    assert_eq!(shop.get("/cached/page?q=b").await.x_cache(), "Miss");
}

#[tokio::test]
async fn head_is_answered_as_get_is_without_the_body_whether_it_is_kept_or_not() {
    let shop = Shop::open().await;
    for path in ["/cached/page", "/cached/private", "/cached/broken", "/cached/gone"] {
        for _ in 0..2 {
            let head = shop.send(Method::HEAD, path, &[], Vec::new()).await;
            let get = shop.get(path).await;
            assert_eq!((head.status, head.body.as_str()), (get.status, ""), "{path}");
            assert_eq!(head.headers.get("etag"), get.headers.get("etag"), "{path}");
            assert!(head.headers.contains_key("content-length"), "{path}");
        }
    }
    assert_eq!(shop.send(Method::HEAD, "/cached/page", &[], Vec::new()).await.x_cache(), "Hit");
}

#[tokio::test]
async fn every_answer_of_a_behaviour_bears_its_headers() {
    let shop = Shop::open().await;
    for path in ["/cached/page", "/cached/page", "/cached/broken"] {
        assert_eq!(shop.get(path).await.headers["x-content-type-options"], "nosniff", "{path}");
    }
    assert!(!shop.get("/orders").await.headers.contains_key("x-content-type-options"));
}

#[tokio::test]
async fn an_old_object_is_revalidated_by_its_tag() {
    let shop = Shop::open().await;
    shop.get("/cached/checked").await;
    let again = shop.get("/cached/checked").await;
    assert_eq!((again.status, again.x_cache(), again.body.as_str()), (StatusCode::OK, "RefreshHit", "GET 1"));
}

#[tokio::test]
async fn a_stale_object_is_served_while_it_is_fetched_anew() {
    let shop = Shop::open().await;
    shop.get("/cached/stale").await;
    assert_eq!(shop.get("/cached/stale").await.body, "GET 1");
    let deadline = Instant::now() + Duration::from_secs(5);
    while shop.requests() < 2 {
        assert!(Instant::now() < deadline, "the stale object was never fetched anew");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_belongs_to_one_viewer_is_asked_for_every_time() {
    let shop = Shop::open().await;
    for path in ["/cached/private", "/cached/cookie", "/cached/broken", "/orders"] {
        let (first, second) = (shop.get(path).await, shop.get(path).await);
        assert_ne!(first.body, second.body, "{path}");
    }
    let cookies = shop.get("/orders").await.headers.get_all("set-cookie").iter().count();
    assert_eq!(cookies, 2);
}

#[tokio::test]
async fn a_cached_path_hides_the_viewer_from_the_origin_and_another_does_not() {
    let shop = Shop::open().await;
    let headers = [("authorization", "Bearer t"), ("cookie", "cart=1"), ("idempotency-key", "k")];
    shop.send(Method::GET, "/cached/page", &headers, Vec::new()).await;
    let seen = shop.origin.last.lock().unwrap().1.clone();
    assert!(headers.iter().all(|(name, _)| !seen.contains_key(*name)), "{seen:?}");
    shop.send(Method::POST, "/orders", &headers, b"{}".to_vec()).await;
    let seen = shop.origin.last.lock().unwrap().1.clone();
    assert!(headers.iter().all(|(name, value)| seen[*name] == *value), "{seen:?}");
}

#[tokio::test]
async fn what_the_distribution_adds_no_viewer_can_say_otherwise() {
    let shop = Shop::open().await;
    for path in ["/cached/page", "/orders"] {
        let headers = [("x-shown", "guessed"), ("X-Shown", "again")];
        shop.send(Method::GET, path, &headers, Vec::new()).await;
        let seen = shop.origin.last.lock().unwrap().1.clone();
        assert_eq!(seen.get_all("x-shown").iter().collect::<Vec<_>>(), ["secret"], "{path}");
    }
}

#[tokio::test]
async fn a_method_or_a_body_beyond_the_rules_never_reaches_the_origin() {
    let shop = Shop::open().await;
    assert_eq!(shop.send(Method::POST, "/cached/page", &[], Vec::new()).await.status, StatusCode::FORBIDDEN);
    let huge = vec![0; (10 << 20) + 1];
    assert_eq!(shop.send(Method::POST, "/orders", &[], huge).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(shop.requests(), 0);
}

#[tokio::test]
async fn an_origin_that_is_gone_is_a_502() {
    let config = r#"{"origins": {"api": {"url": "http://127.0.0.1:1"}}, "behaviors": [{"path_pattern": "*", "origin": "api",
        "allowed_methods": ["GET"], "min_ttl": 0, "default_ttl": 0, "max_ttl": 0,
        "cache_key": {"query": [], "headers": [], "cookies": []}, "forward": {"query": [], "headers": [], "cookies": []}}]}"#;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let shop = Shop { origin: Arc::default(), edge: listener.local_addr().unwrap() };
    tokio::spawn(Arc::new(Edge::new(serde_json::from_str(config).unwrap())).serve(listener));
    assert_eq!(shop.get("/anything").await.status, StatusCode::BAD_GATEWAY);
}
