use http::{HeaderName, HeaderValue};
use serde::Serialize;

use super::preconditions::Tags;

/// What putting a resource did. In every case it stands now as it was put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It was not there before.
    Created,
    /// It was there and was changed.
    Changed,
    /// It was there and equal: nothing was written.
    Unchanged,
}

/// An HTTP answer being built.
#[derive(Debug, Clone)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Option<String>,
    /// The version of which the whole answer is made.
    revision: Option<u64>,
}

impl Response {
    /// An answer without a body.
    pub fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: None, revision: None }
    }

    /// A JSON answer.
    pub fn json<T: Serialize>(status: u16, body: &T) -> Self {
        match serde_json::to_string(body) {
            Ok(text) => {
                let response = Self { status, headers: Vec::new(), body: Some(text), revision: None };
                response.header("content-type", "application/json")
            }
            Err(error) => {
                tracing::error!(error = %error, "an answer could not be written as JSON");
                Self::empty(500)
            }
        }
    }

    /// The answer to a PUT: the resource as it stands now, with its version as ETag.
    pub fn put<T: Serialize>(effect: Effect, version: u64, resource: &T) -> Self {
        let status = if effect == Effect::Created { 201 } else { 200 };
        Self::json(status, resource).etag(version)
    }

    /// Sets a header; one of the same name is replaced, but for `set-cookie`, which may repeat. A
    /// value that no header can hold is left out.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl AsRef<str>) -> Self {
        if let Ok(value) = HeaderValue::from_str(value.as_ref()) {
            let name = HeaderName::from_static(name);
            if name != http::header::SET_COOKIE {
                self.headers.retain(|(present, _)| *present != name);
            }
            self.headers.push((name, value));
        }
        self
    }

    /// The resource's version as a strong ETag.
    #[must_use]
    pub fn etag(self, version: u64) -> Self {
        self.header("etag", format!("\"{version}\""))
    }

    /// The same ETag of an answer that follows from this version alone: whoever has a copy of it is answered 304.
    #[must_use]
    pub fn revision(self, version: u64) -> Self {
        Self { revision: Some(version), ..self.etag(version) }
    }

    /// What somebody is told who has seen these versions.
    pub(super) fn unless_seen(self, seen: Option<&Tags>) -> Self {
        match (self.status, self.revision, seen) {
            (200, Some(revision), Some(seen)) if seen.name(revision) => {
                let mut headers = self.headers;
                headers.retain(|(name, _)| *name != http::header::CONTENT_TYPE);
                Self { headers, ..Self::empty(304) }
            }
            _ => self,
        }
    }

    /// The answer to HEAD where this one answers GET.
    pub(super) fn without_body(self) -> Self {
        Self { body: None, ..self }
    }

    /// The body, for tests and for answers that are wrapped.
    pub fn body(&self) -> Option<&str> {
        self.body.as_deref()
    }

    /// The value of a header.
    pub fn get_header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(present, _)| present.as_str() == name).and_then(|(_, value)| value.to_str().ok())
    }

    pub(super) fn into_lambda(self) -> http::Response<lambda_http::Body> {
        let body = self.body.map_or(lambda_http::Body::Empty, lambda_http::Body::Text);
        let mut response = http::Response::new(body);
        *response.status_mut() =
            http::StatusCode::from_u16(self.status).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
        for (name, value) in self.headers {
            response.headers_mut().append(name, value);
        }
        response.headers_mut().insert(http::header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        // What a user sees must not be kept by anything in between, unless a handler says so.
        response
            .headers_mut()
            .entry(http::header::CACHE_CONTROL)
            .or_insert_with(|| HeaderValue::from_static("private, no-store"));
        response
    }
}
