use aws_sdk_sqs::{Client, error::DisplayErrorContext};
use jiff::Timestamp;
use souk_domain::{ids::ReservationId, reservation::timer_delay};
use souk_events::inventory::ReservationTimer;

/// The queue whose delayed messages are the reservations' timers.
#[derive(Debug, Clone)]
pub struct ReservationTimers {
    client: Client,
    queue_url: String,
}

/// A timer that could not be wound. The sweeper makes up for it.
#[derive(Debug, thiserror::Error)]
#[error("the timer could not be wound: {0}")]
pub struct TimerError(String);

impl ReservationTimers {
    /// The timers of this queue.
    pub fn new(client: Client, queue_url: String) -> Self {
        Self { client, queue_url }
    }

    /// Sends the message that comes when the reservation's time is over, or after the longest delay
    /// that SQS has: then it is wound again.
    ///
    /// # Errors
    /// [`TimerError`].
    pub async fn wind(
        &self,
        reservation_id: &ReservationId,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), TimerError> {
        let timer = ReservationTimer { reservation_id: reservation_id.clone() };
        let body = serde_json::to_string(&timer).map_err(|error| TimerError(error.to_string()))?;
        self.client
            .send_message()
            .queue_url(&self.queue_url)
            .delay_seconds(timer_delay(expires_at, now).into())
            .message_body(body)
            .send()
            .await
            .map(drop)
            .map_err(|error| TimerError(DisplayErrorContext(error).to_string()))
    }
}
