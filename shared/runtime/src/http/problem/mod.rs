//! Refusals: RFC 9457 "problem details", each of a type of the [`catalogue`].

pub mod catalogue;

use std::borrow::Cow;

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use catalogue::{
    Forbidden, IfMatchRequired, Internal, InvalidRequest, NotFound, StaleVersion, TooManyRequests, TryAgain,
    Unauthorized, Unprocessable,
};

use super::Response;
use crate::reading::Unreadable;

/// A kind of refusal. Its name is stable: clients may branch on it.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// The last part of the `type` URI, such as `out-of-stock`.
    pub name: &'static str,
    /// HTTP status.
    pub status: u16,
    /// What the kind means.
    pub title: &'static str,
    /// When it is answered.
    pub when: &'static str,
    /// What the caller can do.
    pub remedy: &'static str,
    /// The extension members that it may have.
    pub members: &'static [&'static str],
}

impl Kind {
    /// The `type` that clients see.
    pub fn uri(&self) -> String {
        format!("{TYPE_BASE}{}", self.name)
    }
}

/// An entry of the catalogue.
pub trait ProblemType {
    /// What all problems of this type have in common.
    const KIND: &'static Kind;
}

/// A refusal.
///
/// `detail` is for people, and never holds an internal cause: that goes to the log with
/// [`Problem::caused_by`]. It may quote what the client sent, so it never goes to the log itself: there, a
/// refusal is its kind and the fields of ours that it is about.
#[derive(Debug, Clone)]
pub struct Problem {
    /// What kind of refusal it is.
    pub kind: &'static Kind,
    // On the heap: a `Result` is as large as its larger half, and most requests succeed.
    rest: Box<Rest>,
}

#[derive(Debug, Clone)]
struct Rest {
    detail: String,
    errors: Vec<FieldError>,
    extensions: Map<String, Value>,
    headers: Vec<(&'static str, String)>,
    cause: Option<String>,
    fault: Option<Unreadable>,
}

/// One field of the request that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    // Borrowed where the code itself names it, owned where the client's words may be part of it.
    /// The field's path, such as `lines[0].quantity`.
    #[schema(value_type = String)]
    pub field: Cow<'static, str>,
    /// What is wrong with it.
    pub detail: String,
}

/// Where the problem types are described.
const TYPE_BASE: &str = "https://souk.example/problems/";

impl Problem {
    /// A problem of a type of the catalogue; `detail` says what happened here.
    pub fn new<T: ProblemType>(_: T, detail: impl Into<String>) -> Self {
        let rest = Rest {
            detail: detail.into(),
            errors: Vec::new(),
            extensions: Map::new(),
            headers: Vec::new(),
            cause: None,
            fault: None,
        };
        Self { kind: T::KIND, rest: Box::new(rest) }
    }

    /// HTTP status.
    pub fn status(&self) -> u16 {
        self.kind.status
    }

    /// 400: the request cannot be read, or a value is out of range.
    pub fn invalid(detail: impl Into<String>) -> Self {
        Self::new(InvalidRequest, detail)
    }

    /// 400 that names the field.
    pub fn invalid_field(field: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        let (field, detail) = (field.into(), detail.into());
        Self::invalid(format!("{field}: {detail}")).with_field(field, detail)
    }

    /// 422: the request is well formed, but does not make sense here.
    pub fn unprocessable(field: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        let (field, detail) = (field.into(), detail.into());
        Self::new(Unprocessable, format!("{field}: {detail}")).with_field(field, detail)
    }

    /// 401: no token, or one that is not good.
    pub fn unauthorized() -> Self {
        Self::new(Unauthorized, "A valid access token is needed.").with_header("www-authenticate", "Bearer")
    }

    /// 401: a header that says who somebody is, and says it twice or cannot be read.
    pub fn unclear_identity(header: &str) -> Self {
        let mut problem = Self::unauthorized();
        problem.rest.detail = format!("{header} must be sent once, exactly as it was given.");
        problem
    }

    /// 403: the caller is known and may not do this.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(Forbidden, detail)
    }

    /// 404: it does not exist, or it is another user's.
    pub fn not_found(what: &str) -> Self {
        Self::new(NotFound, format!("There is no such {what}."))
    }

    /// 412: the resource has another version than `If-Match` said.
    pub fn stale(present_version: u64) -> Self {
        Self::new(StaleVersion, "Read it again and repeat with its present ETag.").at_version(present_version)
    }

    /// 412: `If-Match` names a version of something that does not exist.
    pub fn nothing_to_match() -> Self {
        Self::new(StaleVersion, "There is nothing to change yet: leave If-Match out to create it.")
    }

    /// 428: changing an existing resource needs `If-Match`.
    pub fn precondition_required() -> Self {
        Self::new(IfMatchRequired, "It exists already: send its ETag in If-Match.")
    }

    /// 428 of a resource that was looked at: it tells the version that is there.
    pub fn version_needed(present_version: u64) -> Self {
        Self::precondition_required().at_version(present_version)
    }

    fn at_version(self, present_version: u64) -> Self {
        self.with("present_version", present_version).with_header("etag", format!("\"{present_version}\""))
    }

    /// The version that is there, where another one was to be changed.
    pub(super) fn stale_against(&self) -> Option<u64> {
        let present = self.rest.extensions.get("present_version").filter(|_| self.kind == StaleVersion::KIND);
        present.and_then(Value::as_u64)
    }

    /// 429: the caller asks too often, and may ask again after so many seconds.
    pub fn too_many_requests(after_seconds: i64) -> Self {
        let detail = format!("You have asked this as often as a user may in a minute. Ask again in {after_seconds} s.");
        Self::new(TooManyRequests, detail).with_header("retry-after", after_seconds.to_string())
    }

    /// 503: try again shortly; nothing was done, or repeating is safe.
    pub fn try_again(cause: impl std::fmt::Display) -> Self {
        Self::new(TryAgain, "Please try again in a moment. Repeating this request is safe.")
            .with_header("retry-after", "1")
            .caused_by(cause)
    }

    /// 500: our fault. The cause goes to the log only.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        Self::new(Internal, "The fault is on our side and has been recorded.").caused_by(cause)
    }

    /// Adds a refused field.
    #[must_use]
    pub fn with_field(mut self, field: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        self.rest.errors.push(FieldError { field: field.into(), detail: detail.into() });
        self
    }

    /// The same refusal of something inside: its fields are those of the request's field `outer`.
    #[must_use]
    pub fn within(mut self, outer: &str) -> Self {
        for error in &mut self.rest.errors {
            error.field = format!("{outer}.{}", error.field).into();
        }
        self
    }

    /// Adds an extension member, such as how many are left.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Serialize) -> Self {
        self.rest.extensions.insert(name.to_owned(), serde_json::to_value(value).unwrap_or_default());
        self
    }

    /// Adds a response header.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.rest.headers.push((name, value.into()));
        self
    }

    /// Keeps the internal cause for the log.
    #[must_use]
    pub fn caused_by(mut self, cause: impl std::fmt::Display) -> Self {
        self.rest.cause = Some(cause.to_string());
        self
    }

    /// The internal cause, for the log.
    pub fn cause(&self) -> Option<&str> {
        self.rest.cause.as_deref()
    }

    /// Says to the log what could not be read.
    #[must_use]
    pub fn at_fault(mut self, fault: Unreadable) -> Self {
        self.rest.fault = Some(fault);
        self
    }

    /// What was refused, for the log: nothing that a client wrote.
    pub fn about(&self) -> String {
        let named = self.rest.errors.iter().filter_map(|error| match error.field {
            Cow::Borrowed(field) => Some(field),
            Cow::Owned(_) => None,
        });
        let fields: Vec<_> = named.collect();
        self.rest.fault.as_ref().map_or_else(|| fields.join(", "), Unreadable::to_string)
    }

    /// What the client is told, in a sentence.
    pub fn detail(&self) -> &str {
        &self.rest.detail
    }

    /// The answer that tells it.
    pub fn into_response(mut self, request_id: &str) -> Response {
        let (status, headers) = (self.status(), std::mem::take(&mut self.rest.headers));
        let mut body = self.into_members();
        body.insert("request_id".into(), request_id.into());
        let mut response = Response::json(status, &body)
            .header("content-type", "application/problem+json")
            .header("cache-control", "no-store");
        for (name, value) in headers {
            response = response.header(name, value);
        }
        response
    }

    /// Its members, for an answer that holds several problems.
    pub(super) fn into_members(self) -> Map<String, Value> {
        let Rest { detail, errors, extensions: mut body, headers: _, cause: _, fault: _ } = *self.rest;
        body.insert("type".into(), self.kind.uri().into());
        body.insert("title".into(), self.kind.title.into());
        body.insert("status".into(), self.kind.status.into());
        body.insert("detail".into(), detail.into());
        if !errors.is_empty() {
            body.insert("errors".into(), serde_json::to_value(errors).unwrap_or_default());
        }
        body
    }
}

impl From<souk_dynamo::StoreError> for Problem {
    fn from(error: souk_dynamo::StoreError) -> Self {
        match error {
            souk_dynamo::StoreError::Corrupt(_) => Self::internal(error),
            souk_dynamo::StoreError::Unavailable(_) | souk_dynamo::StoreError::Busy(_) => Self::try_again(error),
        }
    }
}

impl From<souk_dynamo::CursorError> for Problem {
    fn from(error: souk_dynamo::CursorError) -> Self {
        Self::invalid_field("cursor", error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_hears_of_fields_that_the_code_names_and_of_no_other() {
        let problem = Problem::invalid_field("quantity", "canary").with_field("canary".to_owned(), "is unknown");
        assert_eq!(problem.about(), "quantity");
        assert_eq!(Problem::invalid("canary").about(), "");
    }
}
