use std::{borrow::Cow, str::FromStr};

use jiff::Timestamp;
use lambda_http::{Body, RequestExt as _, request::RequestContext};
use serde::de::DeserializeOwned;
use souk_domain::signature;

use super::{
    Caller, Problem, numbers,
    problem::catalogue::{BadSignature, BodyTooLarge, IdempotencyKeyRequired, TargetTooLong},
};
use crate::{
    invocation::Deadline,
    reading::{self, Explained},
};

/// No endpoint that is about one thing takes a larger body (bytes).
pub const MAX_BODY_BYTES: usize = 256 * 1024;
/// No longer path and query are taken, together and as they were sent (bytes).
pub const MAX_TARGET_BYTES: usize = 4096;

/// An idempotency key's length, in characters.
const IDEMPOTENCY_KEY_LENGTH: std::ops::RangeInclusive<usize> = 1..=128;

/// A request, with the readings that every handler needs. Whatever it refuses, it refuses before
/// any I/O.
#[derive(Debug, Clone)]
pub struct Request {
    inner: lambda_http::Request,
    /// Of the versions that `If-Match` names, the one that is there.
    matched: Option<u64>,
}

impl From<lambda_http::Request> for Request {
    fn from(inner: lambda_http::Request) -> Self {
        Self { inner, matched: None }
    }
}

impl Request {
    /// The HTTP method.
    pub fn method(&self) -> &http::Method {
        self.inner.method()
    }

    /// The path as the client sent it.
    pub fn raw_path(&self) -> &str {
        self.inner.raw_http_path()
    }

    pub(super) fn matched(&self) -> Option<u64> {
        self.matched
    }

    /// The same request, once it is known which of the versions that it names is there.
    pub(super) fn matching(self, version: u64) -> Self {
        Self { matched: Some(version), ..self }
    }

    /// Refuses a path and a query that are longer than any endpoint needs.
    ///
    /// # Errors
    /// 414.
    pub(super) fn require_short_target(&self) -> Result<(), Problem> {
        let query = self.inner.uri().query().map_or(0, |query| query.len() + 1);
        if self.raw_path().len() + query <= MAX_TARGET_BYTES {
            return Ok(());
        }
        Err(Problem::new(TargetTooLong, format!("Path and query have at most {MAX_TARGET_BYTES} bytes.")))
    }

    pub(super) fn headers(&self) -> &http::HeaderMap {
        self.inner.headers()
    }

    /// The user whom the authorizer let in.
    ///
    /// # Errors
    /// 401 where there is none.
    pub fn caller(&self) -> Result<Caller, Problem> {
        self.identified()?.ok_or_else(Problem::unauthorized)
    }

    /// The user whom the authorizer let in; `None` on a route without one.
    ///
    /// # Errors
    /// 401 where it let in a token that names nobody who may act.
    pub(super) fn identified(&self) -> Result<Option<Caller>, Problem> {
        let Some(RequestContext::ApiGatewayV2(context)) = self.inner.request_context_ref() else { return Ok(None) };
        let jwt = context.authorizer.as_ref().and_then(|authorizer| authorizer.jwt.as_ref());
        jwt.map(|jwt| Caller::from_claims(&jwt.claims)).transpose()
    }

    /// A path parameter, parsed.
    ///
    /// # Errors
    /// 400 that names the parameter.
    pub fn path<T: FromStr<Err: std::fmt::Display + 'static>>(&self, name: &'static str) -> Result<T, Problem> {
        let parameters = self.inner.path_parameters_ref();
        let text = parameters.and_then(|p| p.first(name)).unwrap_or_default();
        numbers::parse(text).map_err(|reason| Problem::invalid_field(name, reason))
    }

    /// A query parameter, parsed; `None` where it is absent. Given twice, it is refused, and so is a number that is
    /// not written in plain digits.
    ///
    /// # Errors
    /// 400 that names the parameter.
    pub fn query<T: FromStr<Err: std::fmt::Display + 'static>>(
        &self,
        name: &'static str,
    ) -> Result<Option<T>, Problem> {
        let parameters = self.inner.query_string_parameters_ref();
        let values = parameters.and_then(|p| p.all(name)).unwrap_or_default();
        match values.as_slice() {
            [] => Ok(None),
            [text] => numbers::parse(text).map(Some).map_err(|reason| Problem::invalid_field(name, reason)),
            _ => Err(Problem::invalid_field(name, "is given more than once")),
        }
    }

    /// All values of a query parameter that may be given more than once, in their order.
    ///
    /// # Errors
    /// 400 that names the parameter, where one of them cannot be read or there are more than `at_most`.
    pub fn queries<T: FromStr<Err: std::fmt::Display + 'static>>(
        &self,
        name: &'static str,
        at_most: usize,
    ) -> Result<Vec<T>, Problem> {
        let values = self.inner.query_string_parameters_ref().and_then(|p| p.all(name)).unwrap_or_default();
        if values.len() > at_most {
            return Err(Problem::invalid_field(name, format!("is given more than {at_most} times")));
        }
        let parse = |text: &&str| numbers::parse(text).map_err(|reason| Problem::invalid_field(name, reason));
        values.iter().map(parse).collect()
    }

    /// Refuses query parameters that the endpoint does not know: a misspelt filter must not widen a
    /// search silently.
    ///
    /// # Errors
    /// 400 that names the first unknown parameter.
    pub fn allow_query(&self, known: &[&str]) -> Result<(), Problem> {
        let Some(parameters) = self.inner.query_string_parameters_ref() else { return Ok(()) };
        match parameters.iter().map(|(name, _)| name).find(|name| !known.contains(name)) {
            Some(name) => Err(Problem::invalid_field(name.to_owned(), "is not a parameter of this endpoint")),
            None => Ok(()),
        }
    }

    /// The body as bytes.
    ///
    /// # Errors
    /// 413 above [`MAX_BODY_BYTES`], 415 where it is compressed.
    pub fn body(&self) -> Result<Cow<'_, [u8]>, Problem> {
        self.body_within(MAX_BODY_BYTES)
    }

    /// The body, which somebody outside has signed with one of these secrets; the signature stands in this header.
    ///
    /// # Errors
    /// 401 where no signature is good, 413 above [`MAX_BODY_BYTES`], 415 where it is compressed.
    pub fn signed_body(
        &self,
        header: &'static str,
        secrets: &[impl AsRef<str>],
        now: Timestamp,
    ) -> Result<Cow<'_, [u8]>, Problem> {
        let body = self.body()?;
        // A header that is there twice, or is no text, has signed nothing.
        let signature = self.header(header).ok().flatten().unwrap_or_default();
        signature::verify(&body, signature, secrets, now)
            .map_err(|error| Problem::new(BadSignature, error.to_string()))?;
        Ok(body)
    }

    fn body_within(&self, limit: usize) -> Result<Cow<'_, [u8]>, Problem> {
        self.require_plain()?;
        let bytes: Cow<'_, [u8]> = match self.inner.body() {
            Body::Text(text) => text.as_bytes().into(),
            Body::Binary(bytes) => bytes.as_slice().into(),
            _ => Cow::Borrowed(&[]),
        };
        if bytes.len() > limit {
            let detail = format!("At most {limit} bytes are taken; this is {}.", bytes.len());
            return Err(Problem::new(BodyTooLarge, detail));
        }
        Ok(bytes)
    }

    /// The body as JSON. Types refuse unknown fields with `#[serde(deny_unknown_fields)]`.
    ///
    /// # Errors
    /// 413, 415, or 400 with the path of the offending field.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        self.json_within(MAX_BODY_BYTES)
    }

    /// The body as JSON, of at most so many bytes.
    pub(super) fn json_within<T: DeserializeOwned>(&self, limit: usize) -> Result<T, Problem> {
        let body = self.body_within(limit)?;
        if !body.is_empty() {
            self.require_json()?;
        }
        json(&body)
    }

    /// The `Idempotency-Key`, where the header is there.
    ///
    /// # Errors
    /// 400 where it is empty, too long, or holds anything but visible ASCII.
    pub fn idempotency_key(&self) -> Result<Option<String>, Problem> {
        let refused = || Problem::invalid_field("Idempotency-Key", "must be 1 to 128 visible ASCII characters");
        let Some(key) = self.header("idempotency-key").map_err(|_| refused())? else { return Ok(None) };
        let is_good = IDEMPOTENCY_KEY_LENGTH.contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
        is_good.then(|| Some(key.to_owned())).ok_or_else(refused)
    }

    /// The `Idempotency-Key` of an endpoint that needs one.
    ///
    /// # Errors
    /// 400 where it is missing or unusable.
    pub fn required_idempotency_key(&self) -> Result<String, Problem> {
        self.idempotency_key()?.ok_or_else(|| {
            Problem::new(
                IdempotencyKeyRequired,
                "Send a fresh UUID in the header Idempotency-Key; repeat it when you retry.",
            )
        })
    }

    /// When it has to be answered; `None` outside of Lambda.
    pub(super) fn deadline(&self) -> Option<Deadline> {
        self.inner.lambda_context_ref().map(Deadline::of)
    }

    /// The gateway's id of this request, for logs and problems.
    pub fn id(&self) -> String {
        let from_gateway = match self.inner.request_context_ref() {
            Some(RequestContext::ApiGatewayV2(context)) => context.request_id.clone(),
            _ => None,
        };
        from_gateway.or_else(|| self.inner.lambda_context_ref().map(|c| c.request_id.clone())).unwrap_or_default()
    }

    /// The route's pattern (`GET /products/{product_id}`), which is safe to log.
    pub fn route(&self) -> String {
        match self.inner.request_context_ref() {
            Some(RequestContext::ApiGatewayV2(context)) => context.route_key.clone().unwrap_or_default(),
            _ => String::new(),
        }
    }
}

/// One JSON value that fills these bytes.
pub(super) fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    if bytes.is_empty() {
        return Err(Problem::invalid("A JSON body is needed."));
    }
    reading::written_by_client(bytes).map_err(|Explained { path, reason, fault }| {
        let problem = match path {
            Some(path) => Problem::invalid_field(path, reason),
            None => Problem::invalid(format!("The body cannot be read: {reason}.")),
        };
        problem.at_fault(fault)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Line {
        #[expect(dead_code, reason = "only parsing is tested")]
        quantity: u32,
    }
    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Lines {
        #[expect(dead_code, reason = "only parsing is tested")]
        lines: Vec<Line>,
    }

    fn request(body: &str, headers: &[(&str, &str)]) -> Request {
        let mut builder = http::Request::builder().header("content-type", "application/json");
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        Request::from(builder.body(Body::Text(body.to_owned())).unwrap())
    }

    #[test]
    fn a_refused_body_names_the_field() {
        let problem = request(r#"{"lines":[{"quantity":-1}]}"#, &[]).json::<Lines>().unwrap_err();
        assert_eq!(problem.status(), 400);
        assert!(problem.detail().starts_with("lines[0].quantity: "), "{}", problem.detail());
        let problem = request(r#"{"lines":[{"quantity":1,"price":1}]}"#, &[]).json::<Lines>().unwrap_err();
        assert!(problem.detail().contains("unknown field"), "{}", problem.detail());
    }

    #[test]
    fn bodies_that_are_no_single_json_value_are_refused() {
        for body in ["", "{", "{} {}", "[]"] {
            assert_eq!(request(body, &[]).json::<Lines>().unwrap_err().status(), 400, "{body}");
        }
    }

    #[test]
    fn body_and_target_are_bounded() {
        let body = |length: usize| request(&format!("[]{}", " ".repeat(length - 2)), &[]).json::<Vec<u8>>();
        assert!(body(MAX_BODY_BYTES).is_ok());
        assert_eq!(body(MAX_BODY_BYTES + 1).unwrap_err().status(), 413);
        let target = |length: usize| {
            let request = http::Request::builder().uri(format!("/?{:y>1000}", "")).body(Body::Empty).unwrap();
            let path = format!("/{:x>1$}", "", length - 1002);
            Request::from(request.with_raw_http_path(path)).require_short_target()
        };
        assert!(target(MAX_TARGET_BYTES).is_ok());
        let long = target(MAX_TARGET_BYTES + 1).unwrap_err();
        assert_eq!((long.status(), long.kind.name), (414, "target-too-long"));
    }

    /// What fits, `souk_domain::signature` tests.
    #[test]
    fn a_signed_body_is_refused_where_it_is_too_large_or_nobody_signed_it() {
        let status = |body: &str, headers: &[(&str, &str)]| {
            request(body, headers).signed_body("signature", &["secret"], Timestamp::UNIX_EPOCH).unwrap_err().status()
        };
        assert_eq!(status("{}", &[]), 401);
        assert_eq!(status("{}", &[("signature", "t=0,v1=00")]), 401);
        assert_eq!(status("{}", &[("signature", "t=0,v1=00"), ("signature", "t=0,v1=00")]), 401);
        assert_eq!(status(&" ".repeat(MAX_BODY_BYTES + 1), &[]), 413);
    }

    #[test]
    fn idempotency_keys_are_visible_ascii_of_bounded_length() {
        let key = |text: &str| request("", &[("idempotency-key", text)]).required_idempotency_key();
        assert_eq!(key("a-1").unwrap(), "a-1");
        assert_eq!(key(&"x".repeat(129)).unwrap_err().status(), 400);
        assert_eq!(key("a b").unwrap_err().status(), 400);
        assert_eq!(request("", &[]).required_idempotency_key().unwrap_err().kind.name, "idempotency-key-required");
    }
}
