//! What holds of every invocation, whatever calls the function: its handler ends before its time is over,
//! so that an answer is left, and a panic ends the handler and not the instance.

use std::{
    panic::AssertUnwindSafe,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use futures_util::FutureExt as _;

/// What an answer needs on its way out of the function.
const TO_ANSWER: Duration = Duration::from_millis(500);

/// Why a handler did not end by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Interrupted {
    /// Its time was over. What it had begun may have taken effect.
    #[error("the function's time was over")]
    TimeIsOver,
    /// The log has its place.
    #[error("the handler panicked")]
    Panicked,
}

/// When an invocation has to be answered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline(tokio::time::Instant);

impl Deadline {
    /// Shortly before Lambda ends the function, which its context says in milliseconds of the Unix epoch.
    pub(crate) fn of(context: &lambda_runtime::Context) -> Self {
        let end = UNIX_EPOCH + Duration::from_millis(context.deadline);
        let left = end.duration_since(SystemTime::now()).unwrap_or_default();
        Self(tokio::time::Instant::now() + left.saturating_sub(TO_ANSWER))
    }

    /// What the handler says, unless it is interrupted.
    pub(crate) async fn hold<T>(self, handler: impl Future<Output = T>) -> Result<T, Interrupted> {
        if tokio::time::Instant::now() >= self.0 {
            // Nothing is begun that could not be ended.
            return Err(Interrupted::TimeIsOver);
        }
        let ended = tokio::time::timeout_at(self.0, AssertUnwindSafe(handler).catch_unwind()).await;
        ended.map_err(|_| Interrupted::TimeIsOver)?.map_err(|_| Interrupted::Panicked)
    }
}

#[cfg(test)]
impl Deadline {
    pub(crate) fn after(time: Duration) -> Self {
        Self(tokio::time::Instant::now() + time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_handler_that_hangs_leaves_time_for_an_answer() {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let mut context = lambda_runtime::Context::default();
        context.deadline = (now + Duration::from_millis(700)).as_millis() as u64;
        let began = std::time::Instant::now();
        let outcome = Deadline::of(&context).hold(std::future::pending::<()>()).await;
        assert_eq!(outcome, Err(Interrupted::TimeIsOver));
        assert!(began.elapsed() < Duration::from_millis(600), "{:?}", began.elapsed());
    }

    #[tokio::test]
    async fn a_panic_is_an_outcome() {
        let deadline = Deadline::after(Duration::from_secs(5));
        let outcome = deadline.hold(async { [0].iter().find(|n| **n == 1).unwrap().to_owned() }).await;
        assert_eq!(outcome, Err(Interrupted::Panicked));
        assert_eq!(deadline.hold(async { 1 }).await, Ok(1));
    }
}
