//! Requests to the origins.

use std::{error::Error as _, net::IpAddr, time::Duration};

use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, StatusCode, Uri,
    header::{self, COOKIE, HOST, USER_AGENT},
    request::Parts,
};
use http_body_util::{BodyExt, LengthLimitError, combinators::BoxBody};
use hyper::{Request, Response, body::Incoming};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};

use crate::config::{Behavior, Origin};

pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;
pub(crate) type Body = BoxBody<Bytes, BoxError>;

/// Headers that speak of one connection only.
const HOP_BY_HOP: [HeaderName; 7] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];
/// Headers that describe the viewer's body; they go with it whatever the policies say.
const OF_THE_BODY: [HeaderName; 3] = [header::CONTENT_TYPE, header::CONTENT_LENGTH, header::CONTENT_ENCODING];
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Connections to the origins, kept alive between requests.
#[derive(Clone)]
pub(crate) struct Origins(Client<HttpConnector, Body>);

impl Origins {
    pub(crate) fn new() -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            // Shorter than the origin's own patience, so that it never closes a connection that is just being used.
            .pool_idle_timeout(Duration::from_secs(30))
            .pool_max_idle_per_host(256)
            .build(connector);
        Self(client)
    }

    /// Ask an origin; a failure becomes the answer CloudFront gives for it.
    pub(crate) async fn ask(&self, request: Request<Body>) -> Result<Response<Incoming>, StatusCode> {
        let mut response = self.0.request(request).await.map_err(|error| {
            if is_too_large(&error) {
                return StatusCode::PAYLOAD_TOO_LARGE;
            }
            eprintln!("souk-edge: the origin did not answer: {error}: {:?}", error.source());
            StatusCode::BAD_GATEWAY
        })?;
        drop_hop_by_hop(response.headers_mut());
        Ok(response)
    }
}

/// Whether an upload failed because its body was over the limit.
fn is_too_large(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<LengthLimitError>() {
            return true;
        }
        cause = error.source();
    }
    false
}

/// The origin's request for a viewer's: what the behaviour forwards, what the distribution adds, and nothing else.
pub(crate) fn request(
    viewer: &Parts,
    viewer_address: IpAddr,
    behavior: &Behavior,
    origin: &Origin,
    body: Body,
) -> Result<Request<Body>, http::Error> {
    let query = behavior.forwarded_query(viewer.uri.query().unwrap_or(""));
    let separator = if query.is_empty() { "" } else { "?" };
    let uri: Uri = format!("{}{}{separator}{query}", origin.url, viewer.uri.path()).parse()?;
    let mut request = Request::builder().method(viewer.method.clone()).uri(uri).body(body)?;
    *request.headers_mut() = forwarded_headers(viewer, viewer_address, behavior)?;
    for (name, value) in &origin.headers {
        request.headers_mut().insert(HeaderName::try_from(name)?, value.parse()?);
    }
    Ok(request)
}

fn forwarded_headers(viewer: &Parts, address: IpAddr, behavior: &Behavior) -> Result<HeaderMap, http::Error> {
    let mut headers = HeaderMap::new();
    for (name, value) in &viewer.headers {
        if OF_THE_BODY.contains(name) || (name != COOKIE && name != HOST && behavior.forwards_header(name.as_str())) {
            headers.append(name, value.clone());
        }
    }
    drop_hop_by_hop(&mut headers);
    let cookies = forwarded_cookies(viewer, behavior);
    if !cookies.is_empty() {
        headers.insert(COOKIE, HeaderValue::from_bytes(&cookies)?);
    }
    if !headers.contains_key(USER_AGENT) {
        headers.insert(USER_AGENT, "Amazon CloudFront".parse()?);
    }
    let before = viewer.headers.get(FORWARDED_FOR).and_then(|value| value.to_str().ok());
    let chain = before.map_or_else(|| address.to_string(), |before| format!("{before}, {address}"));
    headers.insert(FORWARDED_FOR, chain.parse()?);
    Ok(headers)
}

/// The viewer's cookies byte for byte: whether they can be read is the origin's affair.
fn forwarded_cookies(viewer: &Parts, behavior: &Behavior) -> Vec<u8> {
    let all = viewer.headers.get_all(COOKIE).iter().flat_map(|value| value.as_bytes().split(|byte| *byte == b';'));
    let name = |cookie: &[u8]| {
        String::from_utf8_lossy(cookie.split(|byte| *byte == b'=').next().unwrap_or_default()).into_owned()
    };
    let forwarded =
        all.map(<[u8]>::trim_ascii).filter(|cookie| !cookie.is_empty() && behavior.forwards_cookie(&name(cookie)));
    forwarded.collect::<Vec<_>>().join(&b"; "[..])
}

fn drop_hop_by_hop(headers: &mut HeaderMap) {
    for name in &HOP_BY_HOP {
        headers.remove(name);
    }
}

/// A body that is already here.
pub(crate) fn full(bytes: Bytes) -> Body {
    http_body_util::Full::new(bytes).map_err(|never| match never {}).boxed()
}
