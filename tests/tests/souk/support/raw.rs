use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::stack;

/// An answer to a request that no HTTP client would write.
#[derive(Debug)]
pub struct Raw {
    pub status: u16,
    pub text: String,
}

impl Raw {
    /// Sends a request to the shop, byte for byte but for `Host` and `Connection`; `None` where the shop is behind TLS.
    pub async fn send(first_line: &str, headers: &[&str], body: &[u8]) -> Option<Self> {
        let host = stack().api_url.strip_prefix("http://")?.trim_end_matches('/');
        let mut stream = TcpStream::connect(host).await.unwrap();
        let mut head = format!("{first_line} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n");
        for header in headers {
            head += &format!("{header}\r\n");
        }
        stream.write_all(&[head.as_bytes(), b"\r\n", body].concat()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let text = String::from_utf8_lossy(&answer).into_owned();
        let status = text.split(' ').nth(1).and_then(|status| status.parse().ok());
        Some(Self { status: status.unwrap_or_else(|| panic!("{first_line}: {text}")), text })
    }
}
