use std::time::{Duration, Instant};

/// Asks again until there is an answer, with a deadline.
#[track_caller]
pub fn eventually<T, F, Fut>(what: &str, within: Duration, mut ask: F) -> impl Future<Output = T>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Option<T>>,
{
    let deadline = Instant::now() + within;
    async move {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            assert!(Instant::now() < deadline, "{what}: not within {within:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}
