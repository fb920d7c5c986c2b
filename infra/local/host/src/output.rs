//! What instances print.

use std::{
    io,
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    net::unix::pipe,
    sync::{Notify, watch},
    time::timeout,
};

/// Lines that are kept of what one invocation prints; the oldest go.
const KEPT_LINES: usize = 10_000;
/// A line was written before the answer, but the pipe may be read after it.
const FIRST_LINE: Duration = Duration::from_millis(4);

/// What an instance prints, and, since its pipe closes with it, whether it has ended.
#[derive(Debug)]
pub struct Output {
    lines: Arc<Lines>,
    ended: watch::Receiver<bool>,
}

#[derive(Debug, Default)]
struct Lines {
    kept: Mutex<Vec<String>>,
    added: Notify,
}

impl Output {
    /// The two ends that a process writes to, and what is read of them from now on.
    ///
    /// # Errors
    /// Where the machine has no pipe left.
    pub fn open() -> io::Result<(Stdio, Stdio, Self)> {
        let (reader, writer) = io::pipe()?;
        let (stdout, stderr) = (writer.try_clone()?.into(), writer.into());
        let reader = pipe::Receiver::from_owned_fd(reader.into())?;
        let (lines, (over, ended)) = (Arc::new(Lines::default()), watch::channel(false));
        tokio::spawn(read(reader, Arc::clone(&lines), over));
        Ok((stdout, stderr, Self { lines, ended }))
    }

    /// Returns once the process has closed its output, which it does by ending.
    pub async fn ended(&self) {
        let _ = self.ended.clone().wait_for(|ended| *ended).await;
    }

    /// What was printed since the last call; waits a moment for the first line.
    pub async fn take(&self) -> String {
        let added = self.lines.added.notified();
        let mut lines = self.lines.drain();
        if lines.is_empty() && timeout(FIRST_LINE, added).await.is_ok() {
            lines = self.lines.drain();
        }
        lines.join("\n")
    }
}

impl Lines {
    fn drain(&self) -> Vec<String> {
        std::mem::take(&mut *self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn add(&self, line: String) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == KEPT_LINES {
            kept.remove(0);
        }
        kept.push(line);
        drop(kept);
        self.added.notify_waiters();
    }
}

async fn read(reader: pipe::Receiver, lines: Arc<Lines>, over: watch::Sender<bool>) {
    let mut reader = BufReader::new(reader);
    let mut line = Vec::new();
    // An error of the pipe is its end, too.
    while let Ok(1..) = reader.read_until(b'\n', &mut line).await {
        lines.add(String::from_utf8_lossy(&line).trim_end().to_owned());
        line.clear();
    }
    let _ = over.send(true);
}
