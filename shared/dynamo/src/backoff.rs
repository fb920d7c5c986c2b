use std::time::Duration;

/// Pauses between attempts: random between nothing and a bound that doubles each time ("full jitter"),
/// so that those who collided do not meet again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The bound of the first pause.
    pub base: Duration,
    /// No pause is longer.
    pub cap: Duration,
}

impl Backoff {
    /// Waits after the attempt of this number (from 1).
    pub async fn pause(&self, attempt: u32) {
        tokio::time::sleep(self.bound(attempt).mul_f64(fastrand::f64())).await;
    }

    fn bound(&self, attempt: u32) -> Duration {
        self.base.saturating_mul(1_u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(u32::MAX)).min(self.cap)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_cap() {
        let backoff = Backoff { base: Duration::from_millis(10), cap: Duration::from_millis(35) };
        assert_eq!([1, 2, 3, 4, 40].map(|attempt| backoff.bound(attempt).as_millis()), [10, 20, 35, 35, 35]);
    }
}
