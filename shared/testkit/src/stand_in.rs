//! A server on 127.0.0.1 that stands in for a service: it answers as a test says, or never.

use std::{
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// A request as it came over the wire.
#[derive(Debug, Clone)]
pub struct Received {
    /// `GET`, `POST`…
    pub method: String,
    /// Path and query, as they were sent.
    pub target: String,
    /// In their order; names in lower case.
    pub headers: Vec<(String, String)>,
    /// As long as `content-length` says.
    pub body: Vec<u8>,
}

impl Received {
    /// The first value of a header; the name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// What a service says: status and body. `None` is silence: the connection stays open and nothing comes.
pub type Answer = Option<(u16, String)>;

/// One HTTP server, of a thread of its own. It lives as long as the test's process.
#[derive(Debug, Clone)]
pub struct StandIn {
    url: String,
    asked: Arc<AtomicUsize>,
}

impl StandIn {
    /// A server that answers each request by this function.
    ///
    /// # Errors
    /// Where no port can be had.
    pub fn answering(answer: impl Fn(&Received) -> Answer + Send + Sync + 'static) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://{}", listener.local_addr()?);
        let asked = Arc::new(AtomicUsize::new(0));
        let (answer, count) = (Arc::new(answer), Arc::clone(&asked));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answer, count) = (Arc::clone(&answer), Arc::clone(&count));
                // A client that went away is no concern of the test's.
                thread::spawn(move || serve(stream, &count, &*answer).ok());
            }
        });
        Ok(Self { url, asked })
    }

    /// A server that takes every connection and request, and never answers.
    ///
    /// # Errors
    /// Where no port can be had.
    pub fn silent() -> io::Result<Self> {
        Self::answering(|_| None)
    }

    /// Its address, such as `http://127.0.0.1:4711`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// How many requests have come.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

fn serve(stream: TcpStream, count: &AtomicUsize, answer: &(dyn Fn(&Received) -> Answer + Sync)) -> io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let request = receive(&mut reader)?;
    count.fetch_add(1, Ordering::SeqCst);
    let Some((status, body)) = answer(&request) else {
        // Until the client has had enough.
        return reader.read_to_end(&mut Vec::new()).map(drop);
    };
    let head = format!(
        "HTTP/1.1 {status} .\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    let mut stream = stream;
    stream.write_all(head.as_bytes())?;
    stream.write_all(body.as_bytes())
}

fn receive(reader: &mut impl io::BufRead) -> io::Result<Received> {
    let mut lines = reader.by_ref().lines();
    let first = lines.next().ok_or(io::ErrorKind::UnexpectedEof)??;
    let mut words = first.split(' ').map(str::to_owned);
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut headers = Vec::new();
    for line in lines {
        let line = line?;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut request = Received { method, target, headers, body: Vec::new() };
    let length = request.header("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    request.body.resize(length, 0);
    reader.read_exact(&mut request.body)?;
    Ok(request)
}
