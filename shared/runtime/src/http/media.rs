//! What a body says of itself: it is JSON, in UTF-8, and not compressed.

use super::{Problem, Request, problem::catalogue::UnsupportedMediaType};

impl Request {
    /// Refuses a body that is encoded in any way.
    ///
    /// # Errors
    /// 415, and 400 where the header is repeated.
    pub(super) fn require_plain(&self) -> Result<(), Problem> {
        match self.header("content-encoding")? {
            None => Ok(()),
            Some(coding) if coding.trim().eq_ignore_ascii_case("identity") => Ok(()),
            Some(_) => Err(Problem::new(UnsupportedMediaType, "Send the body as it is: no Content-Encoding is taken.")
                .with_header("accept-encoding", "identity")),
        }
    }

    /// Refuses a body that is not said to be JSON in UTF-8. A page of another site can make a browser send a form or a
    /// text with the guest's cookie, but not this type.
    ///
    /// # Errors
    /// 415, and 400 where the header is repeated.
    pub(super) fn require_json(&self) -> Result<(), Problem> {
        if self.header("content-type")?.is_some_and(is_json) {
            return Ok(());
        }
        let detail = "Send `Content-Type: application/json`; its only charset is utf-8.";
        Err(Problem::new(UnsupportedMediaType, detail).with_header("accept", "application/json"))
    }
}

fn is_json(media_type: &str) -> bool {
    let mut parts = media_type.split(';').map(str::trim);
    let is_type = parts.next().is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"));
    let charset = |part: &str| {
        let (name, value) = part.split_once('=')?;
        name.eq_ignore_ascii_case("charset").then(|| value.trim_matches('"').to_ascii_lowercase())
    };
    is_type && parts.filter_map(charset).all(|charset| charset == "utf-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(name: &str, values: &[&str]) -> Request {
        let request = values.iter().fold(http::Request::builder(), |request, value| request.header(name, *value));
        Request::from(request.body(lambda_http::Body::Text("{}".to_owned())).unwrap())
    }

    #[test]
    fn a_body_is_json_in_utf_8() {
        let good = [
            "application/json",
            "Application/JSON",
            "application/json; charset=utf-8",
            "application/json;charset=\"UTF-8\"",
        ];
        for good in good {
            assert!(request("content-type", &[good]).require_json().is_ok(), "{good}");
        }
        for bad in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/jsonp",
            "application/json; charset=latin1",
            "application/json; charset=utf-16",
            "application/json; charset=utf-8; charset=utf-16",
            "",
        ] {
            let refused = request("content-type", &[bad]).require_json().unwrap_err();
            assert_eq!((refused.status(), refused.kind.name), (415, "unsupported-media-type"), "{bad}");
        }
        assert_eq!(request("content-type", &[]).require_json().unwrap_err().status(), 415);
        assert_eq!(request("content-type", &["application/json"; 2]).require_json().unwrap_err().status(), 400);
    }

    #[test]
    fn a_body_is_not_compressed() {
        for plain in [&[][..], &["identity"], &["Identity"]] {
            assert!(request("content-encoding", plain).body().is_ok(), "{plain:?}");
        }
        for coding in ["gzip", "br", "deflate", "gzip, identity", "aws-chunked", ""] {
            let refused = request("content-encoding", &[coding]).body().unwrap_err();
            assert_eq!((refused.status(), refused.kind.name), (415, "unsupported-media-type"), "{coding}");
        }
    }
}
