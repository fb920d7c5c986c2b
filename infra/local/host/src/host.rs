//! The functions of a stack.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;

use crate::{
    config::Config,
    idle::Idle,
    instance::{Definition, Failure, Instance},
    line::Line,
    runtime_api::{Invocation, Kind, Links},
};

/// How often idle instances are looked through.
const ROUND: Duration = Duration::from_secs(5);

/// The functions of a stack and their instances.
#[derive(Debug)]
pub struct Host {
    definitions: Mutex<HashMap<String, Arc<Definition>>>,
    idle: Mutex<Idle>,
    line: Arc<Line>,
    links: Arc<Links>,
    config: Config,
}

/// How an invocation ended.
#[derive(Debug)]
pub enum Outcome {
    /// The function returned or failed; what it returned, and what it printed meanwhile.
    Answered {
        /// Which of both.
        kind: Kind,
        /// Its answer, or AWS's in its place.
        payload: Bytes,
        /// Its lines.
        log: String,
    },
    /// The line was too long.
    Throttled,
    /// Nobody has said how the function is started.
    Unknown,
}

impl Host {
    /// A host without functions, reached through this port.
    #[must_use]
    pub fn new(config: &Config, port: u16) -> Self {
        Self {
            definitions: Mutex::default(),
            idle: Mutex::default(),
            line: Line::new(config.slots),
            links: Arc::new(Links::new(port)),
            config: config.clone(),
        }
    }

    /// Where instances report.
    #[must_use]
    pub fn links(&self) -> Arc<Links> {
        Arc::clone(&self.links)
    }

    /// Learns how a function is started.
    pub fn define(&self, function: &str, definition: Definition) {
        lock(&self.definitions).insert(function.to_owned(), Arc::new(definition));
    }

    /// Forgets the functions whose names begin so, and ends their idle instances; those at work finish theirs.
    pub fn forget(&self, prefix: &str) {
        lock(&self.definitions).retain(|name, _| !name.starts_with(prefix));
        // Taken out under the lock, ended outside of it.
        let ended = lock(&self.idle).take_all(|name| name.starts_with(prefix));
        drop(ended);
    }

    /// Runs one invocation, in an instance that waits or in a new one.
    pub async fn invoke(&self, function: &str, invocation: Invocation) -> Outcome {
        let Some(_slot) = self.line.enter(function, self.config.patience()).await else { return Outcome::Throttled };
        let Some(definition) = lock(&self.definitions).get(function).cloned() else { return Outcome::Unknown };
        let waiting = lock(&self.idle).take(function);
        let mut instance = match waiting.map_or_else(|| Instance::start(&definition, &self.links), Ok) {
            Ok(instance) => instance,
            Err(failure) => return failed(&failure, String::new()),
        };
        let answer = instance.run(invocation).await;
        let log = instance.output.take().await;
        match answer {
            Ok((kind, payload)) => {
                self.keep(function, instance);
                Outcome::Answered { kind, payload, log }
            }
            Err(failure) => failed(&failure, log),
        }
    }

    fn keep(&self, function: &str, instance: Instance) {
        let is_defined = lock(&self.definitions).contains_key(function);
        let surplus =
            if is_defined { lock(&self.idle).keep(function, instance, self.config.idle) } else { Some(instance) };
        drop(surplus);
    }

    /// Ends what has waited long, for ever.
    pub async fn end_idle_instances(self: Arc<Self>) {
        loop {
            tokio::time::sleep(ROUND).await;
            let aged = lock(&self.idle).take_aged(Duration::from_secs(self.config.idle_seconds));
            drop(aged);
        }
    }
}

fn failed(failure: &Failure, log: String) -> Outcome {
    Outcome::Answered { kind: Kind::Error, payload: failure.payload(), log }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
