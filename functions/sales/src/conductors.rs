use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use souk_domain::ids::SaleId;
use souk_events::sales::Conduct;
use souk_runtime::queue::{SendError, Sender};

/// Sales that open within this time are given their conductor now: the sweeper's next run, which comes
/// by the minute, may be too late.
const OPENS_SOON: SignedDuration = SignedDuration::from_secs(65);

/// The longest delay of a message.
const MAX_DELAY_SECONDS: u16 = 900;

/// The queue through which sales are conducted: whoever receives a message conducts that sale for a
/// while and passes the message on.
#[derive(Debug, Clone)]
pub(crate) struct Conductors(Sender);

impl Conductors {
    pub(crate) fn new(queue: Sender) -> Self {
        Self(queue)
    }

    /// Calls a new conductor, where a failure may be left to the sweeper. One too many does no harm: a
    /// sale is conducted by whoever has its lease, and the others leave.
    pub(crate) async fn call(&self, sale_id: &SaleId) {
        let conduct = Conduct { sale_id: sale_id.clone(), conductor: uuid::Uuid::now_v7().simple().to_string() };
        if let Err(error) = self.pass(&conduct, Duration::ZERO).await {
            tracing::warn!(%sale_id, %error, "no conductor was called; the sweeper will");
        }
    }

    /// Calls a conductor where the opening is near; true where it is.
    pub(crate) async fn call_before(&self, sale_id: &SaleId, opens_at: Timestamp, now: Timestamp) -> bool {
        let soon = opens_at - OPENS_SOON <= now;
        if soon {
            self.call(sale_id).await;
        }
        soon
    }

    /// Passes a sale on to the next run of the same conductor, who keeps the lease.
    pub(crate) async fn pass(&self, conduct: &Conduct, after: Duration) -> Result<(), SendError> {
        let delay = u16::try_from(after.as_secs()).unwrap_or(u16::MAX).min(MAX_DELAY_SECONDS);
        self.0.send(conduct, delay).await
    }
}
