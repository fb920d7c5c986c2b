use std::{num::NonZeroU32, time::Duration};

use souk_wiring::{ConfigError, Environment, FromEnvironment};
use tokio::{
    sync::Mutex,
    time::{Instant, sleep_until},
};

/// How fast one instance may go on, so that all of them together stay within `MAIL_RATE` messages a second: what the
/// mail provider takes, and the user pool, which is asked once a message. Whatever comes faster waits in the queue.
#[derive(Debug)]
pub struct Pace {
    interval: Duration,
    next: Mutex<Option<Instant>>,
}

impl FromEnvironment for Pace {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self::new(environment.parse("MAIL_RATE")?, environment.parse("MAIL_CONCURRENCY")?))
    }
}

impl Pace {
    /// So many messages a second over so many instances.
    pub fn new(rate: NonZeroU32, instances: NonZeroU32) -> Self {
        let interval = Duration::from_secs(1) * instances.get() / rate.get();
        Self { interval, next: Mutex::new(None) }
    }

    /// Waits for this instance's turn.
    pub async fn wait(&self) {
        let mut next = self.next.lock().await;
        let turn = next.unwrap_or_else(Instant::now).max(Instant::now());
        *next = Some(turn + self.interval);
        sleep_until(turn).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn all_instances_together_keep_the_rate() {
        let pace = Pace::new(NonZeroU32::new(14).unwrap(), NonZeroU32::new(2).unwrap());
        let began = Instant::now();
        for _ in 0..8 {
            pace.wait().await;
        }
        // One at once, seven more within a second.
        assert!((990..1010).contains(&began.elapsed().as_millis()), "{:?}", began.elapsed());
        tokio::time::advance(Duration::from_secs(9)).await;
        let rested = Instant::now();
        pace.wait().await;
        pace.wait().await;
        assert!(rested.elapsed() >= Duration::from_millis(142), "what was not used is not saved up");
    }
}
