//! The conductor: moves a sale's threshold each second, for the time of one run, then passes the sale
//! on to the next run. If it dies, the threshold stands three seconds later, and the message comes back
//! to another.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use souk_events::flash_sales::Conduct;
use souk_flash_sales::{Conductor, FlashSales, TickOutcome};
use souk_wiring::{Call, FromEnvironment};

use crate::{Failure, beacon::BeaconSource, conductors::Conductors};

/// How long one run conducts. The function's time limit and the queue's visibility are a little longer,
/// so that a run that died is replaced soon.
const RUN: SignedDuration = SignedDuration::from_secs(15);
/// How long a conductor may be silent until another one takes over.
const LEASE: SignedDuration = SignedDuration::from_secs(5);
/// From step to step.
const STEP: Duration = Duration::from_secs(1);
/// After a step that was in somebody's way, or whose beacon is not out yet.
const SOON: Duration = Duration::from_millis(200);

/// The sales, the beacon, and who comes next.
#[derive(Debug, FromEnvironment)]
pub struct ConductFlashSale {
    sales: FlashSales,
    beacon: BeaconSource,
    conductors: Conductors,
}

/// What comes after a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// Another step, after a pause.
    Step(Duration),
    /// Nothing to conduct until this time.
    Later(Timestamp),
    /// Nothing to conduct, or somebody else does.
    Leave,
}

impl ConductFlashSale {
    /// Conducts one sale for one run.
    ///
    /// # Errors
    /// Whatever makes the message come back.
    pub async fn run(&self, conduct: &Conduct, call: &Call) -> Result<(), Failure> {
        let conductor = Conductor::new(self.sales.clone(), &conduct.conductor, LEASE);
        let until = call.now + RUN;
        loop {
            let now = souk_wiring::now();
            let outcome = conductor.tick(&conduct.sale_id, now, |round| self.beacon.round(round)).await?;
            match next(&outcome) {
                Next::Leave => {
                    tracing::info!(sale_id = %conduct.sale_id, outcome = ?OutcomeName(&outcome), "nothing to conduct");
                    return Ok(());
                }
                Next::Later(at) if at >= until => {
                    let wait = Duration::try_from(at.duration_since(now)).unwrap_or_default();
                    return Ok(self.conductors.pass(conduct, wait.saturating_sub(STEP)).await?);
                }
                Next::Later(at) => pause(Duration::try_from(at.duration_since(now)).unwrap_or_default()).await,
                Next::Step(after) => pause(after).await,
            }
            if souk_wiring::now() >= until {
                return Ok(self.conductors.pass(conduct, Duration::ZERO).await?);
            }
        }
    }
}

async fn pause(duration: Duration) {
    tokio::time::sleep(duration).await;
}

fn next(outcome: &TickOutcome) -> Next {
    match outcome {
        TickOutcome::Ticked(_) | TickOutcome::Opened(_) => Next::Step(STEP),
        TickOutcome::NoBeacon(reason) => {
            tracing::warn!(reason, "the opening's beacon is not out yet");
            Next::Step(SOON)
        }
        TickOutcome::Overtaken => Next::Step(SOON),
        TickOutcome::TooEarly { opens_at } => Next::Later(*opens_at),
        // The sweeper closes; who resumes a paused sale starts a conductor.
        TickOutcome::Closing(_)
        | TickOutcome::Idle(_)
        | TickOutcome::ConductedElsewhere { .. }
        | TickOutcome::Unknown => Next::Leave,
    }
}

/// An outcome by its name: a room is too large for a log line.
struct OutcomeName<'a>(&'a TickOutcome);

impl std::fmt::Debug for OutcomeName<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.0 {
            TickOutcome::Ticked(_) => "Ticked",
            TickOutcome::Opened(_) => "Opened",
            TickOutcome::Closing(_) => "Closing",
            TickOutcome::TooEarly { .. } => "TooEarly",
            TickOutcome::NoBeacon(_) => "NoBeacon",
            TickOutcome::Idle(status) => status.as_str(),
            TickOutcome::ConductedElsewhere { .. } => "ConductedElsewhere",
            TickOutcome::Overtaken => "Overtaken",
            TickOutcome::Unknown => "Unknown",
        })
    }
}
