use std::{borrow::Cow, str::FromStr};

use lambda_http::{Body, RequestExt as _, request::RequestContext};
use serde::de::DeserializeOwned;

use super::{
    Caller, Problem,
    problem::catalogue::{BodyTooLarge, IdempotencyKeyRequired},
};
use crate::{
    invocation::Deadline,
    reading::{self, Explained},
};

/// No endpoint that is about one thing takes a larger body (bytes).
pub const MAX_BODY_BYTES: usize = 256 * 1024;

/// An idempotency key's length, in characters.
const IDEMPOTENCY_KEY_LENGTH: std::ops::RangeInclusive<usize> = 1..=128;

/// A request, with the readings that every handler needs. Whatever it refuses, it refuses before
/// any I/O.
#[derive(Debug)]
pub struct Request(lambda_http::Request);

impl From<lambda_http::Request> for Request {
    fn from(inner: lambda_http::Request) -> Self {
        Self(inner)
    }
}

impl Request {
    /// The HTTP method.
    pub fn method(&self) -> &http::Method {
        self.0.method()
    }

    /// The path as the client sent it.
    pub fn raw_path(&self) -> &str {
        self.0.raw_http_path()
    }

    pub(super) fn headers(&self) -> &http::HeaderMap {
        self.0.headers()
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
        let Some(RequestContext::ApiGatewayV2(context)) = self.0.request_context_ref() else { return Ok(None) };
        let jwt = context.authorizer.as_ref().and_then(|authorizer| authorizer.jwt.as_ref());
        jwt.map(|jwt| Caller::from_claims(&jwt.claims)).transpose()
    }

    /// A path parameter, parsed.
    ///
    /// # Errors
    /// 400 that names the parameter.
    pub fn path<T: FromStr<Err: std::fmt::Display>>(&self, name: &'static str) -> Result<T, Problem> {
        let parameters = self.0.path_parameters_ref();
        let text = parameters.and_then(|p| p.first(name)).unwrap_or_default();
        text.parse().map_err(|e: T::Err| Problem::invalid_field(name, e.to_string()))
    }

    /// A query parameter, parsed; `None` where it is absent. Given twice, it is refused.
    ///
    /// # Errors
    /// 400 that names the parameter.
    pub fn query<T: FromStr<Err: std::fmt::Display>>(&self, name: &'static str) -> Result<Option<T>, Problem> {
        let parameters = self.0.query_string_parameters_ref();
        let values = parameters.and_then(|p| p.all(name)).unwrap_or_default();
        match values.as_slice() {
            [] => Ok(None),
            [text] => text.parse().map(Some).map_err(|e: T::Err| Problem::invalid_field(name, e.to_string())),
            _ => Err(Problem::invalid_field(name, "is given more than once")),
        }
    }

    /// All values of a query parameter that may be given more than once, in their order.
    ///
    /// # Errors
    /// 400 that names the parameter, where one of them cannot be read or there are more than `at_most`.
    pub fn queries<T: FromStr<Err: std::fmt::Display>>(
        &self,
        name: &'static str,
        at_most: usize,
    ) -> Result<Vec<T>, Problem> {
        let values = self.0.query_string_parameters_ref().and_then(|p| p.all(name)).unwrap_or_default();
        if values.len() > at_most {
            return Err(Problem::invalid_field(name, format!("is given more than {at_most} times")));
        }
        let parse = |text: &&str| text.parse().map_err(|e: T::Err| Problem::invalid_field(name, e.to_string()));
        values.iter().map(parse).collect()
    }

    /// Refuses query parameters that the endpoint does not know: a misspelt filter must not widen a
    /// search silently.
    ///
    /// # Errors
    /// 400 that names the first unknown parameter.
    pub fn allow_query(&self, known: &[&str]) -> Result<(), Problem> {
        let Some(parameters) = self.0.query_string_parameters_ref() else { return Ok(()) };
        match parameters.iter().map(|(name, _)| name).find(|name| !known.contains(name)) {
            Some(name) => Err(Problem::invalid_field(name.to_owned(), "is not a parameter of this endpoint")),
            None => Ok(()),
        }
    }

    /// The body as bytes.
    ///
    /// # Errors
    /// 413 above [`MAX_BODY_BYTES`].
    pub fn body(&self) -> Result<Cow<'_, [u8]>, Problem> {
        self.body_within(MAX_BODY_BYTES)
    }

    fn body_within(&self, limit: usize) -> Result<Cow<'_, [u8]>, Problem> {
        let bytes: Cow<'_, [u8]> = match self.0.body() {
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
    /// 413, or 400 with the path of the offending field.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        json(&self.body()?)
    }

    /// The body as JSON, of at most so many bytes.
    pub(super) fn json_within<T: DeserializeOwned>(&self, limit: usize) -> Result<T, Problem> {
        json(&self.body_within(limit)?)
    }

    /// The version that `If-Match` names, where the header is there.
    ///
    /// # Errors
    /// 400 for anything but one strong ETag of ours (`"3"`).
    pub fn if_match(&self) -> Result<Option<u64>, Problem> {
        let Some(text) = self.header("if-match")? else { return Ok(None) };
        let version = text.trim().strip_prefix('"').and_then(|t| t.strip_suffix('"')).and_then(|t| t.parse().ok());
        version.map(Some).ok_or_else(|| Problem::invalid_field("If-Match", "must be one ETag as it was given"))
    }

    /// True where `If-None-Match` names this version: the client's copy is still good. Caches may weaken
    /// an ETag when they compress, so `W/` does not matter here.
    pub fn has_seen(&self, version: u64) -> bool {
        let etag = format!("\"{version}\"");
        let seen = self.headers().get_all("if-none-match").iter().filter_map(|value| value.to_str().ok());
        seen.flat_map(|header| header.split(','))
            .map(|text| text.trim().trim_start_matches("W/"))
            .any(|text| text == "*" || text == etag)
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
        self.0.lambda_context_ref().map(Deadline::of)
    }

    /// The gateway's id of this request, for logs and problems.
    pub fn id(&self) -> String {
        let from_gateway = match self.0.request_context_ref() {
            Some(RequestContext::ApiGatewayV2(context)) => context.request_id.clone(),
            _ => None,
        };
        from_gateway.or_else(|| self.0.lambda_context_ref().map(|c| c.request_id.clone())).unwrap_or_default()
    }

    /// The route's pattern (`GET /products/{product_id}`), which is safe to log.
    pub fn route(&self) -> String {
        match self.0.request_context_ref() {
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
    reading::explained(bytes).map_err(|Explained { path, reason, fault }| {
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
        let mut builder = http::Request::builder();
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        Request(builder.body(Body::Text(body.to_owned())).unwrap())
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
        let huge = " ".repeat(MAX_BODY_BYTES + 1);
        assert_eq!(request(&huge, &[]).json::<Lines>().unwrap_err().status(), 413);
    }

    #[test]
    fn if_match_takes_one_strong_etag() {
        assert_eq!(request("", &[("if-match", "\"3\"")]).if_match().unwrap(), Some(3));
        assert_eq!(request("", &[]).if_match().unwrap(), None);
        for bad in ["3", "*", "W/\"3\"", "\"x\"", "\"1\", \"2\""] {
            assert_eq!(request("", &[("if-match", bad)]).if_match().unwrap_err().status(), 400, "{bad}");
        }
    }

    #[test]
    fn a_copy_is_known_by_any_form_of_its_etag() {
        for seen in ["\"3\"", "W/\"3\"", "\"1\", \"3\"", "*"] {
            assert!(request("", &[("if-none-match", seen)]).has_seen(3), "{seen}");
        }
        assert!(!request("", &[("if-none-match", "\"33\"")]).has_seen(3));
        assert!(!request("", &[]).has_seen(3));
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
