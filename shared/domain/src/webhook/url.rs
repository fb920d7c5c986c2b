use std::fmt;

/// The longest address, in characters.
const MAX: usize = 1_000;
/// The longest name of a host, and of a part of it, in characters.
const HOST_MAX: usize = 253;
const LABEL_MAX: usize = 63;

/// Where subscribers may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// On the public internet, by `https` on port 443.
    Public,
    /// There, and on this machine by `http://127.0.0.1:<port>`. For tests of a local stack only.
    PublicAndLoopback,
}

/// The address of a subscriber. It names a host, never an address of the network: to which addresses the name
/// leads is judged when one of them is connected to ([`super::is_public`]).
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookUrl {
    text: String,
    needs: Reach,
}

/// Why a text is no subscriber's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// Something else than `https`.
    #[error("must begin with https://")]
    Scheme,
    /// It is too long.
    #[error("must have at most {MAX} characters")]
    TooLong,
    /// A character that an address does not have, or a fragment.
    #[error("must be an absolute URL without a fragment, in ASCII")]
    Character,
    /// A name or a password before the host.
    #[error("must not hold a user name or a password")]
    UserInfo,
    /// Another port.
    #[error("must use port 443")]
    Port,
    /// The host is an IP address, has one label only, or is no name.
    #[error("must name a public host, and not by an IP address")]
    Host,
}

impl WebhookUrl {
    /// The address in this text.
    ///
    /// # Errors
    /// [`UrlError`].
    pub fn parse(text: &str, reach: Reach) -> Result<Self, UrlError> {
        if text.len() > MAX {
            return Err(UrlError::TooLong);
        }
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@%/?".contains(&byte);
        if !text.bytes().all(allowed) {
            return Err(UrlError::Character);
        }
        let is_loopback = reach == Reach::PublicAndLoopback && is_loopback(text);
        if !is_loopback {
            check_public(text)?;
        }
        Ok(Self { text: text.to_owned(), needs: if is_loopback { Reach::PublicAndLoopback } else { Reach::Public } })
    }

    /// Whether a sender of this reach may go there.
    pub fn is_within(&self, reach: Reach) -> bool {
        self.needs <= reach
    }

    /// The address's text.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// Its path and query may hold a secret.
impl fmt::Debug for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookUrl(…)")
    }
}

/// Host and port of what follows the scheme.
fn authority(rest: &str) -> &str {
    rest.split(['/', '?']).next().unwrap_or_default()
}

fn is_loopback(text: &str) -> bool {
    let port = text.strip_prefix("http://").map(authority).and_then(|host| host.strip_prefix("127.0.0.1:"));
    port.is_some_and(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
}

fn check_public(text: &str) -> Result<(), UrlError> {
    let authority = authority(text.strip_prefix("https://").ok_or(UrlError::Scheme)?);
    if authority.contains('@') {
        return Err(UrlError::UserInfo);
    }
    let host = match authority.split_once(':') {
        None => authority,
        Some((host, "443")) => host,
        Some(_) => return Err(UrlError::Port),
    };
    if is_name(host) { Ok(()) } else { Err(UrlError::Host) }
}

/// A name of two labels at least, whose last one begins with a letter: so it is no IP address in any writing.
fn is_name(host: &str) -> bool {
    let labels: Vec<&str> = host.split('.').collect();
    let is_label = |label: &&str| {
        let fits = (1..=LABEL_MAX).contains(&label.len());
        let bytes = label.as_bytes();
        let ends = [bytes.first(), bytes.last()].iter().flatten().all(|byte| byte.is_ascii_alphanumeric());
        fits && ends && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
    };
    let last_is_no_number = labels.last().is_some_and(|label| label.starts_with(|c: char| c.is_ascii_alphabetic()));
    host.len() <= HOST_MAX && labels.len() >= 2 && labels.iter().all(is_label) && last_is_no_number
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public(text: &str) -> Result<WebhookUrl, UrlError> {
        WebhookUrl::parse(text, Reach::Public)
    }

    #[test]
    fn an_address_names_a_host_of_the_internet_by_https() {
        for good in [
            "https://hooks.example.com",
            "https://hooks.example.com/souk?key=a%20b",
            "https://example.com:443/x",
            "https://xn--bcher-kva.example/",
            "https://1.example.com?x",
        ] {
            assert!(public(good).is_ok_and(|url| url.is_within(Reach::Public)), "{good}");
        }
    }

    #[test]
    fn everything_else_is_refused_and_why() {
        for (bad, why) in [
            ("", UrlError::Scheme),
            ("http://example.com", UrlError::Scheme),
            ("HTTPS://example.com", UrlError::Scheme),
            ("//example.com", UrlError::Scheme),
            ("file:///etc/passwd", UrlError::Scheme),
            ("https://user@example.com", UrlError::UserInfo),
            ("https://a.example.com@127.0.0.1/", UrlError::UserInfo),
            ("https://example.com:8443", UrlError::Port),
            ("https://example.com:443:443", UrlError::Port),
            ("https://example.com:", UrlError::Port),
            ("https://", UrlError::Host),
            ("https:///path", UrlError::Host),
            ("https://localhost", UrlError::Host),
            ("https://127.0.0.1/", UrlError::Host),
            ("https://127.1/", UrlError::Host),
            ("https://2130706433/", UrlError::Host),
            ("https://0x7f.0.0.0x1/", UrlError::Host),
            ("https://example.com./", UrlError::Host),
            ("https://a..example.com/", UrlError::Host),
            ("https://-a.example.com/", UrlError::Host),
            ("https://[::1]/", UrlError::Character),
            ("https://example.com/#f", UrlError::Character),
            ("https://example.com\\@127.0.0.1", UrlError::Character),
            ("https://example.com/ä", UrlError::Character),
            ("https://example.com/\r\nx: y", UrlError::Character),
            (" https://example.com", UrlError::Character),
        ] {
            assert_eq!(public(bad), Err(why), "{bad}");
        }
        assert_eq!(public(&format!("https://example.com/{}", "x".repeat(MAX))), Err(UrlError::TooLong));
        assert_eq!(public(&format!("https://{}.com/", "x".repeat(LABEL_MAX + 1))), Err(UrlError::Host));
    }

    #[test]
    fn this_machine_is_within_reach_of_a_local_stack_only() {
        let local = |text: &str| WebhookUrl::parse(text, Reach::PublicAndLoopback);
        let url = local("http://127.0.0.1:4711/hook").unwrap();
        assert!(url.is_within(Reach::PublicAndLoopback) && !url.is_within(Reach::Public));
        for bad in ["http://127.0.0.1/", "http://127.0.0.1:0/", "http://127.0.0.1:1@10.0.0.1/", "http://localhost:1/"] {
            assert_eq!(local(bad), Err(UrlError::Scheme), "{bad}");
        }
        assert_eq!(public("http://127.0.0.1:4711/hook"), Err(UrlError::Scheme));
    }

    #[test]
    fn an_address_is_not_shown_where_it_might_be_logged() {
        assert_eq!(format!("{:?}", public("https://example.com/secret").unwrap()), "WebhookUrl(…)");
    }
}
