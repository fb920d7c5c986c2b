//! `If-Match` and `If-None-Match`: which versions a client has seen, and which answers.
//!
//! What is changed under a tag has its version for one, in digits; what is only read may have any tag. What compresses
//! on the way makes it weak (`W/"2"`); what it names is the same, so weak and strong are the same here.

use super::{Problem, Request};

/// What one of these headers names.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Tags {
    /// `*`: whatever is there.
    Any,
    /// These versions, at least one.
    Versions(Vec<u64>),
}

impl Tags {
    /// What the header's lines name together; `None` where one of them is no tag of ours.
    fn read<'a>(lines: impl Iterator<Item = &'a http::HeaderValue>) -> Option<Self> {
        let lines: Vec<_> = lines.map(|line| line.to_str().ok()).collect::<Option<_>>()?;
        if lines.iter().map(|line| line.trim()).eq(["*"]) {
            return Some(Self::Any);
        }
        // RFC 9110: a list may have empty elements.
        let elements = lines.iter().flat_map(|line| line.split(',')).map(str::trim).filter(|tag| !tag.is_empty());
        let versions: Vec<_> = elements.map(version).collect::<Option<_>>()?;
        (!versions.is_empty()).then_some(Self::Versions(versions))
    }

    /// Whether this version is among them.
    pub(super) fn name(&self, version: u64) -> bool {
        match self {
            Self::Any => true,
            Self::Versions(versions) => versions.contains(&version),
        }
    }

    /// Whether they name more than one version.
    pub(super) fn are_several(&self) -> bool {
        !matches!(self, Self::Versions(versions) if versions.len() == 1)
    }

    /// The version with which to begin. No resource has version 0: the refusal tells which one is there.
    fn first(&self) -> u64 {
        match self {
            Self::Any => 0,
            Self::Versions(versions) => versions.first().copied().unwrap_or_default(),
        }
    }
}

/// The version of a tag that a response of ours may bear: plain digits.
fn version(tag: &str) -> Option<u64> {
    let tag = tag.strip_prefix("W/").unwrap_or(tag);
    let digits = tag.strip_prefix('"')?.strip_suffix('"')?;
    super::numbers::is_whole(digits).then(|| digits.parse().ok()).flatten()
}

/// The copies that a client has: what `If-None-Match` names.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// `*`: whatever is there.
    Any,
    /// Tags in their quotes, without the mark of a weak one.
    Tags(Vec<String>),
}

impl Seen {
    fn read<'a>(lines: impl Iterator<Item = &'a http::HeaderValue>) -> Option<Self> {
        let lines: Vec<_> = lines.filter_map(|line| line.to_str().ok()).map(str::trim).collect();
        if lines == ["*"] {
            return Some(Self::Any);
        }
        // No tag of ours holds a comma, so one of another's that does may fall into pieces.
        let elements = lines.iter().flat_map(|line| line.split(',')).map(str::trim);
        let tags = elements.map(|tag| tag.strip_prefix("W/").unwrap_or(tag)).filter(|tag| tag.starts_with('"'));
        let tags: Vec<_> = tags.map(str::to_owned).collect();
        (!tags.is_empty()).then_some(Self::Tags(tags))
    }

    /// Whether the answer under this tag is among them.
    pub(super) fn names(&self, tag: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Tags(tags) => tags.iter().any(|seen| seen == tag),
        }
    }
}

impl Request {
    /// The version that `If-Match` names, where the header is there. Of several, and for `*`, it is one after the
    /// other: whatever refuses one with 412 is asked again with the version that is there, if it is among them.
    ///
    /// # Errors
    /// 400 where the header holds anything but `*` or ETags of ours (`"3"`, `W/"3"`).
    pub fn if_match(&self) -> Result<Option<u64>, Problem> {
        match self.matched() {
            Some(version) => Ok(Some(version)),
            None => Ok(self.wanted()?.map(|tags| tags.first())),
        }
    }

    /// What `If-Match` names.
    pub(super) fn wanted(&self) -> Result<Option<Tags>, Problem> {
        if !self.headers().contains_key("if-match") {
            return Ok(None);
        }
        let tags = Tags::read(self.headers().get_all("if-match").iter());
        tags.map(Some).ok_or_else(|| Problem::invalid_field("If-Match", "must be `*`, or ETags as they were given"))
    }

    /// Whether it reads and does nothing else.
    pub(super) fn is_reading(&self) -> bool {
        matches!(*self.method(), http::Method::GET | http::Method::HEAD)
    }

    /// What `If-None-Match` names. What nobody can read names nothing: the client gets the whole answer.
    pub(super) fn seen(&self) -> Option<Seen> {
        Seen::read(self.headers().get_all("if-none-match").iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(name: &str, lines: &[&str]) -> Request {
        let request = lines.iter().fold(http::Request::builder(), |request, line| request.header(name, *line));
        Request::from(request.body(lambda_http::Body::Empty).unwrap())
    }

    #[test]
    fn if_match_takes_every_form_that_names_versions_of_ours() {
        let versions = |versions: &[u64]| Some(Tags::Versions(versions.to_vec()));
        for (lines, named) in [
            (&["\"3\""][..], versions(&[3])),
            (&["W/\"3\""], versions(&[3])),
            (&[" \"3\" "], versions(&[3])),
            (&["\"1\", \"3\""], versions(&[1, 3])),
            (&["\"1\",W/\"3\" ,, \"18446744073709551615\""], versions(&[1, 3, u64::MAX])),
            (&["\"1\"", "\"3\""], versions(&[1, 3])),
            (&["*"], Some(Tags::Any)),
            (&[], None),
        ] {
            assert_eq!(request("if-match", lines).wanted().unwrap(), named, "{lines:?}");
        }
        assert_eq!(request("if-match", &["\"3\""]).if_match().unwrap(), Some(3));
        assert_eq!(request("if-match", &[]).if_match().unwrap(), None);
    }

    #[test]
    fn if_match_takes_nothing_that_no_answer_bore() {
        let bad = [
            "",
            ",",
            "3",
            "\"\"",
            "\"x\"",
            "\"+3\"",
            "\"03\"",
            "\" 3\"",
            "\"3",
            "3\"",
            "w/\"3\"",
            "W/ \"3\"",
            "\"-3\"",
            "\"3.0\"",
            "\"18446744073709551616\"",
            "*, \"3\"",
            "\"3\", *",
            "**",
            "\"1\" \"3\"",
            "W/3",
            "\"3\", x",
        ];
        for bad in bad {
            assert_eq!(request("if-match", &[bad]).if_match().unwrap_err().status(), 400, "{bad}");
        }
        assert_eq!(request("if-match", &["*", "*"]).if_match().unwrap_err().status(), 400);
    }

    #[test]
    fn a_copy_is_known_by_any_form_of_its_etag() {
        for lines in [&["\"3\""][..], &["W/\"3\""], &["\"1\", \"3\""], &["*"], &["\"1\"", "\"3\""]] {
            assert!(request("if-none-match", lines).seen().is_some_and(|seen| seen.names("\"3\"")), "{lines:?}");
        }
        for lines in [&["\"33\""][..], &["\"+3\""], &["\"03\""], &[], &["3"], &["W/W/\"3\""]] {
            assert!(!request("if-none-match", lines).seen().is_some_and(|seen| seen.names("\"3\"")), "{lines:?}");
        }
        let strangers = request("if-none-match", &["\"a,b\", W/\"0af3\", x"]).seen();
        assert!(strangers.is_some_and(|seen| seen.names("\"0af3\"") && !seen.names("\"0af\"")));
    }
}
