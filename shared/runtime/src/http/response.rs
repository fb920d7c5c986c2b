use std::fmt::Write as _;

use aws_lc_rs::digest::{Context, SHA256};
use http::{HeaderName, HeaderValue};
use serde::Serialize;

use super::preconditions::Seen;

/// How many bytes of its hash name an answer.
const TAG_BYTES: usize = 16;

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
    /// Whether its ETag names the whole answer, so that a copy under the same one is as good.
    is_named: bool,
}

impl Response {
    /// An answer without a body.
    pub fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: None, is_named: false }
    }

    /// A JSON answer.
    pub fn json<T: Serialize>(status: u16, body: &T) -> Self {
        match serde_json::to_string(body) {
            Ok(text) => {
                let response = Self { status, headers: Vec::new(), body: Some(text), is_named: false };
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
        Self { is_named: true, ..self.etag(version) }
    }

    /// An ETag made of what is sent: another release that writes the same data otherwise, or another language, has
    /// another one. For what is read and never changed under its ETag: no `If-Match` takes it. Whoever has a copy
    /// of this very answer is answered 304.
    #[must_use]
    pub fn representation(self) -> Self {
        let mut digest = Context::new(&SHA256);
        for name in ["content-type", "content-language"] {
            digest.update(self.get_header(name).unwrap_or_default().as_bytes());
            digest.update(b"\n");
        }
        digest.update(self.body.as_deref().unwrap_or_default().as_bytes());
        let hash = digest.finish();
        let tag = hash.as_ref().iter().take(TAG_BYTES).fold(String::new(), |mut tag, byte| {
            // Writing to a text does not fail.
            let _ = write!(tag, "{byte:02x}");
            tag
        });
        Self { is_named: true, ..self.header("etag", format!("\"{tag}\"")) }
    }

    /// What somebody is told who has seen these answers.
    pub(super) fn unless_seen(self, seen: Option<&Seen>) -> Self {
        let is_seen = seen.zip(self.get_header("etag")).is_some_and(|(seen, tag)| seen.names(tag));
        if self.status != 200 || !self.is_named || !is_seen {
            return self;
        }
        let mut headers = self.headers;
        headers.retain(|(name, _)| *name != http::header::CONTENT_TYPE);
        Self { headers, ..Self::empty(304) }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_reads_otherwise_has_another_etag() {
        let tag = |response: Response| response.representation().get_header("etag").map(str::to_owned).unwrap();
        let page = tag(Response::json(200, &"Backpack"));
        assert_eq!(page, tag(Response::json(200, &"Backpack").header("cache-control", "public")));
        assert_eq!((page.len(), page.starts_with('"')), (2 * TAG_BYTES + 2, true));
        let others = [
            Response::json(200, &"Rucksack"),
            Response::json(200, &"Backpack").header("content-language", "de"),
            Response::json(200, &"Backpack").header("content-type", "application/ld+json"),
        ];
        assert!(others.into_iter().all(|other| tag(other) != page));
    }
}
