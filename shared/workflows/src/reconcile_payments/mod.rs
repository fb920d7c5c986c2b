//! Compares the gateway's intents with orders and payment records; repairs or reports each difference.
//!
//! Each payment is looked at when it is two hours old and when it is eight days old, each refund and each dispute at ages of
//! its own, however old its payment is (`looks`). With the time that is left
//! a run walks through all of those days, and keeps its place: in a small shop every run comes to the end, and finds at
//! once what would be found at the next look. What it does about a difference is what anybody may do: restart a saga,
//! resume a shipment, cancel an intent that no record can use, take over refunds, disputes, and that money is gone. It
//! writes no payment's state.

mod looks;
mod money_back;
mod walk;

use std::{collections::BTreeMap, time::Duration};

use jiff::SignedDuration;
use serde::Serialize;
use souk_domain::ids::OrderId;
use souk_orders::Archive;
use souk_payments::{
    ReconciliationCursor, Resume,
    gateway::{Gateway as _, Window},
    reconcile::{Action, Kind},
};
use souk_wiring::{Call, FromEnvironment, metrics};

use crate::{Failure, ship_order::Shipping};

/// How far back intents are compared, by when they were made: for differences that nobody was told of. Authorisations are
/// looked after by when they end, whenever they were made.
const WINDOW: SignedDuration = SignedDuration::from_hours(24 * 8);
/// How many pages the walk of one run reads.
const PAGES: usize = 20;
/// How long a run goes on with its looks; its function lives longer, by the walk and one page.
const LOOKS_WITHIN: Duration = Duration::from_secs(200);

/// Orders, payments, the gateway and the saga.
#[derive(Debug, FromEnvironment)]
pub struct ReconcilePayments {
    shipping: Shipping,
    archive: Archive,
    cursor: ReconciliationCursor,
    #[variable("SWEEP_AFTER_SECONDS")]
    grace: SignedDuration,
}

/// What a run found and did.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Intents that name an order.
    compared: usize,
    /// Refunds and disputes that the gateway lists.
    back: usize,
    /// Of those, what a record did not know, or not so: it was taken over.
    taken_over: usize,
    /// Intents of that kind.
    found: BTreeMap<Kind, usize>,
    /// What was done, or left to people.
    actions: BTreeMap<Action, usize>,
    /// What was left to people, by name; the first hundred of a run. The log has all of them.
    reported: Vec<Reported>,
    /// Intents that could not be compared or acted upon; the next walk meets them again.
    failed: usize,
    /// True where the window was walked to its end.
    complete: bool,
    /// How many seconds the look that is furthest behind is behind.
    behind: i64,
}

/// The most that a report names.
const NAMED: usize = 100;

/// An order of which somebody must look at the money.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Reported {
    order_id: OrderId,
    kind: Kind,
}

impl ReconcilePayments {
    /// Walks on from where the last run stopped; one intent's failure does not stop the others.
    ///
    /// # Errors
    /// Where the gateway's list or the cursor cannot be had.
    pub async fn run(&self, call: &Call) -> Result<Report, Failure> {
        let now = call.now;
        let mut report = Report::default();
        self.look_at_all(&mut report, now).await?;
        let resume = self.cursor.get().await?;
        // Younger ones are the saga's and its sweeper's.
        let fresh = Window { from: now - WINDOW, to: now - self.grace };
        let window = resume.as_ref().map_or(fresh, Resume::window);
        let mut after = resume.map(|resume| resume.after().to_owned());
        for _ in 0..PAGES {
            let page = self.shipping.gateway.list(window, after.as_deref()).await?;
            self.compare_page(page.intents, &mut report, now).await;
            after = page.next;
            // After every page: a run that dies here loses a page of work, not all of it.
            self.cursor.set(after.clone().map(|after| Resume::new(window, after))).await?;
            if after.is_none() {
                report.complete = true;
                break;
            }
        }
        measure(&report);
        Ok(report)
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of one run")]
fn measure(report: &Report) {
    let done = |action| report.actions.get(&action).copied().unwrap_or_default() as f64;
    let repaired = done(Action::RestartSaga)
        + done(Action::ResumeShipment)
        + done(Action::SettleRefunds)
        + done(Action::NoteLapse)
        + done(Action::CancelIntent)
        + report.taken_over as f64;
    let values = [
        ("compared", report.compared as f64),
        ("repaired", repaired),
        ("reported", done(Action::Report)),
        ("failed", report.failed as f64),
    ];
    metrics::emit("reconcile-payments", "Count", &values);
    metrics::emit("reconcile-payments", "Seconds", &[("behind", report.behind as f64)]);
}
