//! Headers, above all those by which somebody says who they are.
//!
//! What identifies is sent once and can be read, or it is refused: a header that says nothing certain
//! must never be taken for one that is not there, which would make a guest of a shopper. API Gateway
//! joins repeated headers by commas, so a token's alphabet is looked at too.

use super::{Problem, Request};

/// A header that is there and says nothing certain: it was sent twice, or holds no visible ASCII.
struct Unclear;

impl Request {
    /// A header's one value.
    ///
    /// # Errors
    /// 400 where it is there, but repeated or unreadable.
    pub fn header(&self, name: &'static str) -> Result<Option<&str>, Problem> {
        self.single(name).map_err(|Unclear| Problem::invalid_field(name, "must be sent once, in visible ASCII"))
    }

    /// The token in a header of its own, such as `Souk-Ticket`.
    ///
    /// # Errors
    /// 401 where it is there, but repeated, unreadable, or no token.
    pub fn token(&self, name: &'static str) -> Result<Option<&str>, Problem> {
        match self.single(name) {
            Ok(value) if value.is_none_or(is_token) => Ok(value),
            _ => Err(Problem::unclear_identity(name)),
        }
    }

    /// The token of `Authorization: Bearer …`, not verified; the scheme's case does not matter.
    ///
    /// # Errors
    /// 401 where the header is there, but repeated, unreadable, of another scheme, or without a token.
    pub fn bearer(&self) -> Result<Option<&str>, Problem> {
        let unclear = || Problem::unclear_identity("Authorization");
        let Some(value) = self.single("authorization").map_err(|Unclear| unclear())? else { return Ok(None) };
        let (scheme, token) = value.split_once(' ').ok_or_else(unclear)?;
        let is_good = scheme.eq_ignore_ascii_case("bearer") && is_token(token);
        is_good.then_some(Some(token)).ok_or_else(unclear)
    }

    /// The cookie of this name. Others' cookies may hold what they like.
    ///
    /// # Errors
    /// 401 where it is there, but repeated or unreadable.
    pub fn cookie(&self, name: &'static str) -> Result<Option<&str>, Problem> {
        let pairs = self.headers().get_all("cookie").iter().flat_map(|header| header.as_bytes().split(|b| *b == b';'));
        let mut values = pairs.filter_map(|pair| pair.trim_ascii().strip_prefix(name.as_bytes())?.strip_prefix(b"="));
        match (values.next(), values.next()) {
            (None, _) => Ok(None),
            (Some(value), None) if value.is_ascii() => {
                std::str::from_utf8(value).map(Some).map_err(|_| Problem::unclear_identity("Cookie"))
            }
            _ => Err(Problem::unclear_identity("Cookie")),
        }
    }

    fn single(&self, name: &str) -> Result<Option<&str>, Unclear> {
        let mut values = self.headers().get_all(name).iter();
        match (values.next(), values.next()) {
            (None, _) => Ok(None),
            (Some(value), None) => value.to_str().map(Some).map_err(|_| Unclear),
            (Some(_), Some(_)) => Err(Unclear),
        }
    }
}

/// RFC 9110's `token68`, the alphabet of JWTs and of everything else that is sent as one.
fn is_token(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    !body.is_empty() && body.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(headers: &[(&str, &[u8])]) -> Request {
        let mut builder = http::Request::builder();
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        Request::from(builder.body(lambda_http::Body::Empty).unwrap())
    }

    /// What makes a header say nothing certain.
    const UNCLEAR: [&[&[u8]]; 4] = [&["tök".as_bytes()], &[b"\xff"], &[b"a", b"a"], &[b"a", b"b"]];

    fn repeated(name: &'static str, values: &[&[u8]]) -> Request {
        request(&values.iter().map(|value| (name, *value)).collect::<Vec<_>>())
    }

    #[test]
    fn what_is_absent_is_none() {
        let none = request(&[]);
        assert_eq!(none.header("if-match").unwrap(), None);
        assert_eq!(none.token("souk-ticket").unwrap(), None);
        assert_eq!(none.bearer().unwrap(), None);
        assert_eq!(none.cookie("guest").unwrap(), None);
    }

    #[test]
    fn a_header_is_sent_once_and_can_be_read() {
        assert_eq!(request(&[("if-match", b"\"3\"")]).header("if-match").unwrap(), Some("\"3\""));
        for values in UNCLEAR {
            assert_eq!(repeated("if-match", values).header("if-match").unwrap_err().status(), 400, "{values:?}");
        }
    }

    #[test]
    fn a_token_is_one_token_or_401() {
        for good in ["a", "a.b-c_d~e+f/g==", "eyJhbGciOiJIUzI1NiJ9.e30.c2ln"] {
            assert_eq!(request(&[("souk-ticket", good.as_bytes())]).token("souk-ticket").unwrap(), Some(good));
        }
        for values in UNCLEAR {
            assert_eq!(repeated("souk-ticket", values).token("souk-ticket").unwrap_err().status(), 401, "{values:?}");
        }
        for bad in ["", "=", "a,a", "a, a", "a b", "\"a\""] {
            let problem = request(&[("souk-ticket", bad.as_bytes())]).token("souk-ticket").unwrap_err();
            assert_eq!((problem.status(), problem.kind.name), (401, "unauthorized"), "{bad}");
        }
    }

    #[test]
    fn authorization_is_one_bearer_token_or_401() {
        for good in ["Bearer a.b.c", "bearer a.b.c", "BEARER a.b.c"] {
            assert_eq!(request(&[("authorization", good.as_bytes())]).bearer().unwrap(), Some("a.b.c"));
        }
        for values in UNCLEAR {
            assert_eq!(repeated("authorization", values).bearer().unwrap_err().status(), 401, "{values:?}");
        }
        for bad in ["", "Bearer", "Bearer ", "Bearer  a", "Basic YTpi", "a.b.c", "Bearer a b", "Bearer a, Bearer b"] {
            assert_eq!(request(&[("authorization", bad.as_bytes())]).bearer().unwrap_err().status(), 401, "{bad}");
        }
        assert_eq!(request(&[("authorization", "Bearer tök".as_bytes())]).bearer().unwrap_err().status(), 401);
    }

    #[test]
    fn a_cookie_is_found_among_others_whatever_they_hold() {
        let several = request(&[("cookie", "a=1; näme=ö; __Host-guest=xyz; b=2".as_bytes())]);
        assert_eq!(several.cookie("__Host-guest").unwrap(), Some("xyz"));
        assert_eq!(several.cookie("guest").unwrap(), None);
        for unclear in ["guest=tök", "guest=a; guest=a", "guest=a; b=1; guest=b"] {
            assert_eq!(
                request(&[("cookie", unclear.as_bytes())]).cookie("guest").unwrap_err().status(),
                401,
                "{unclear}"
            );
        }
        assert_eq!(repeated("cookie", &[b"guest=a", b"guest=b"]).cookie("guest").unwrap_err().status(), 401);
    }
}
