use std::time::Duration;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::stack;

/// A way into the shop for requests that no HTTP client would write.
#[derive(Debug)]
pub struct Door {
    pub name: &'static str,
    pub host: String,
    /// What stands before each path.
    pub prefix: String,
    /// What the distribution shows to an API.
    shown: String,
}

/// An answer that came by one.
#[derive(Debug)]
pub struct Raw {
    pub status: u16,
    pub text: String,
}

impl Door {
    /// Through the distribution, and past it to the API of the transactions; none where they are behind TLS.
    pub fn both() -> Vec<Self> {
        let shown = format!("souk-edge-secret: {}\r\n", stack().edge_secret);
        let doors =
            [("through the edge", &stack().api_url, String::new()), ("directly", &stack().transactions_api_url, shown)];
        doors.into_iter().filter_map(|(name, url, shown)| Self::of(name, url, shown)).collect()
    }

    fn of(name: &'static str, url: &str, shown: String) -> Option<Self> {
        let address = url.strip_prefix("http://")?.trim_end_matches('/');
        let (host, prefix) =
            address.split_once('/').map_or((address, String::new()), |(host, path)| (host, format!("/{path}")));
        Some(Self { name, host: host.to_owned(), prefix, shown })
    }

    /// Sends a request to a path of the shop's, byte for byte but for `Host`, `Connection` and what the distribution adds.
    pub async fn send(&self, method: &str, path: &str, headers: &[&str], body: &[u8]) -> Raw {
        self.ask(&format!("{method} {}{path}", self.prefix), headers, &[body]).await
    }

    /// The same of a whole first line, and a body that comes in parts, with a pause between them.
    pub async fn ask(&self, first_line: &str, headers: &[&str], parts: &[&[u8]]) -> Raw {
        let mut stream = TcpStream::connect(&self.host).await.unwrap();
        let mut head = format!("{first_line} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n{}", self.host, self.shown);
        for header in headers {
            head += &format!("{header}\r\n");
        }
        stream.write_all(&[head.as_bytes(), b"\r\n"].concat()).await.unwrap();
        for (n, part) in parts.iter().enumerate() {
            if n > 0 {
                tokio::time::sleep(PAUSE).await;
            }
            stream.write_all(part).await.unwrap();
        }
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let text = String::from_utf8_lossy(&answer).into_owned();
        let status = text.split(' ').nth(1).and_then(|status| status.parse().ok());
        Raw { status: status.unwrap_or_else(|| panic!("{first_line}: {text}")), text }
    }
}

/// Between the parts of a slow body.
const PAUSE: Duration = Duration::from_millis(700);
