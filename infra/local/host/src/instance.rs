//! A process of a function.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;
use tokio::{
    sync::mpsc,
    time::{Instant, timeout_at},
};

use crate::{
    output::Output,
    runtime_api::{Event, Invocation, Kind, Link, Links, Work},
};

/// How long an instance may take until it asks for its first work. AWS's limit; where the function's own
/// time is longer, that counts.
const INIT: Duration = Duration::from_secs(10);

/// How instances of a function are started, and what an invocation may take.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// The unpacked code; `bootstrap` is started in it.
    pub folder: PathBuf,
    /// The whole environment; the address of the Runtime API is added.
    pub environment: BTreeMap<String, String>,
    /// Seconds until an invocation is ended, with its instance.
    pub timeout_seconds: u64,
}

/// Why an invocation has no answer of the function's.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The program is missing, or the machine cannot start it.
    #[error("Couldn't execute the bootstrap binary: {0}")]
    InvalidEntrypoint(#[source] std::io::Error),
    /// It ended before it answered.
    #[error("Runtime exited before returning a response")]
    Exited,
    /// It did not ask for work in time.
    #[error("bootstrap did not reach the Runtime API within {0} s")]
    InitTimeout(u64),
    /// It said itself that it cannot start.
    #[error("init error")]
    Init(Bytes),
    /// It took too long.
    #[error("Task timed out after {0}.00 seconds")]
    TimedOut(u64),
}

impl Failure {
    /// What AWS answers in the function's place.
    #[must_use]
    pub fn payload(&self) -> Bytes {
        let kind = match self {
            Self::InvalidEntrypoint(_) => "Runtime.InvalidEntrypoint",
            Self::Exited => "Runtime.ExitError",
            Self::InitTimeout(_) | Self::TimedOut(_) => "Sandbox.Timedout",
            Self::Init(said) => return said.clone(),
        };
        json!({ "errorMessage": self.to_string(), "errorType": kind }).to_string().into()
    }
}

/// A running process of a function. Dropping it ends the process.
#[derive(Debug)]
pub struct Instance {
    id: String,
    process: Child,
    /// What it prints.
    pub output: Output,
    work: mpsc::Sender<Work>,
    events: mpsc::UnboundedReceiver<Event>,
    links: Arc<Links>,
    timeout_seconds: u64,
    is_new: bool,
}

impl Instance {
    /// Starts a process. It is not waited for: its first invocation does that.
    ///
    /// # Errors
    /// [`Failure::InvalidEntrypoint`].
    pub fn start(definition: &Definition, links: &Arc<Links>) -> Result<Self, Failure> {
        let (stdout, stderr, output) = Output::open().map_err(Failure::InvalidEntrypoint)?;
        let (work, waiting) = mpsc::channel(1);
        let (said, events) = mpsc::unbounded_channel();
        let id = links.add(Link::new(waiting, said));
        let process = Command::new(definition.folder.join("bootstrap"))
            .current_dir(&definition.folder)
            .env_clear()
            .envs(&definition.environment)
            .env("AWS_LAMBDA_RUNTIME_API", links.address_of(&id))
            .stdin(Stdio::null())
            .stdout(stdout)
            .stderr(stderr)
            .spawn()
            .inspect_err(|_| links.remove(&id))
            .map_err(Failure::InvalidEntrypoint)?;
        let (links, timeout_seconds) = (Arc::clone(links), definition.timeout_seconds);
        Ok(Self { id, process, output, work, events, links, timeout_seconds, is_new: true })
    }

    /// Whether the process has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        !matches!(self.process.try_wait(), Ok(None))
    }

    /// Gives it one invocation and waits for the answer. After a failure the instance is of no use.
    ///
    /// # Errors
    /// Any [`Failure`] but [`Failure::InvalidEntrypoint`].
    pub async fn run(&mut self, invocation: Invocation) -> Result<(Kind, Bytes), Failure> {
        if self.is_new {
            self.initialise().await?;
            self.is_new = false;
        }
        let id = invocation.request_id.clone();
        let timeout = Duration::from_secs(self.timeout_seconds);
        let deadline = Instant::now() + timeout;
        if self.work.send(Work { invocation, deadline: SystemTime::now() + timeout }).await.is_err() {
            return Err(Failure::Exited);
        }
        let answer = async {
            loop {
                match self.next_event().await {
                    Some(Event::Answer { request_id, kind, payload }) if request_id == id => {
                        return Ok((kind, payload));
                    }
                    Some(Event::InitError(said)) => return Err(Failure::Init(said)),
                    // It asks for the next piece of work already, or answers what nobody waits for any more.
                    Some(Event::Answer { .. } | Event::AsksForWork) => {}
                    None => return Err(Failure::Exited),
                }
            }
        };
        timeout_at(deadline, answer).await.unwrap_or(Err(Failure::TimedOut(self.timeout_seconds)))
    }

    async fn initialise(&mut self) -> Result<(), Failure> {
        let limit = INIT.max(Duration::from_secs(self.timeout_seconds));
        match timeout_at(Instant::now() + limit, self.next_event()).await {
            Ok(Some(Event::AsksForWork)) => Ok(()),
            Ok(Some(Event::InitError(said))) => Err(Failure::Init(said)),
            Ok(Some(Event::Answer { .. }) | None) => Err(Failure::Exited),
            Err(_) => Err(Failure::InitTimeout(limit.as_secs())),
        }
    }

    /// What the instance says next; `None` when it has ended and has said nothing before.
    async fn next_event(&mut self) -> Option<Event> {
        tokio::select! {
            biased;
            event = self.events.recv() => event,
            () = self.output.ended() => self.events.try_recv().ok(),
        }
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.links.remove(&self.id);
        // It may have ended by itself. Whatever it was, the process table is kept clean.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
