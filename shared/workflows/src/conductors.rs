use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use souk_domain::ids::FlashSaleId;
use souk_events::flash_sales::Conduct;
use souk_wiring::{Call, FromEnvironment, SendError, Sender};

/// FlashSales that open within this time are given their conductor now: the sweeper's next run, which comes
/// by the minute, may be too late.
const OPENS_SOON: SignedDuration = SignedDuration::from_secs(65);

/// The longest delay of a message.
const MAX_DELAY_SECONDS: u16 = 900;

/// The queue through which sales are conducted: whoever receives a message conducts that sale for a
/// while and passes the message on.
#[derive(Debug, Clone, FromEnvironment)]
pub(crate) struct Conductors(#[variable("SALE_CONDUCTORS_URL")] Sender);

impl Conductors {
    /// Starts a new conductor, where a failure may be left to the sweeper. One too many does no harm: a
    /// sale is conducted by whoever has its lease, and the others leave.
    pub(crate) async fn start(&self, sale_id: &FlashSaleId, call: &Call) {
        let conduct = Conduct { sale_id: sale_id.clone(), conductor: call.new_id().simple().to_string() };
        if let Err(error) = self.pass(&conduct, Duration::ZERO).await {
            tracing::warn!(%sale_id, %error, "no conductor was started; the sweeper will");
        }
    }

    /// Starts a conductor where the opening is near; true where it is.
    pub(crate) async fn start_before(&self, sale_id: &FlashSaleId, opens_at: Timestamp, call: &Call) -> bool {
        let soon = opens_at - OPENS_SOON <= call.now;
        if soon {
            self.start(sale_id, call).await;
        }
        soon
    }

    /// Passes a sale on to the next run of the same conductor, who keeps the lease.
    pub(crate) async fn pass(&self, conduct: &Conduct, after: Duration) -> Result<(), SendError> {
        let delay = u16::try_from(after.as_secs()).unwrap_or(u16::MAX).min(MAX_DELAY_SECONDS);
        self.0.send(conduct, delay).await
    }
}
